"""Answers the questions of `init` on a pseudo terminal: init.py TOOL."""
import os
import pathlib
import pty
import subprocess
import sys
import tempfile

TOOL = str(pathlib.Path(sys.argv[1]).resolve())
SERVER = """{
  "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
  "name": "com.acme/tool",
  "description": "A server",
  "version": "1.0.0",
  "remotes": [{"type": "streamable-http", "url": "https://tool.acme.com/mcp"}]
}
"""


def talk(answers, *arguments, origin=None):
    """Runs init with the answers; returns the exit status, the questions and the folder."""
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "server.json").write_text(SERVER)
    if origin:
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
        subprocess.run(["git", "-C", str(folder), "remote", "add", "origin", origin], check=True)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.environ["GIT_CEILING_DIRECTORIES"] = str(folder.parent)
        os.execv(TOOL, [TOOL, "init", "--color", "never", *arguments])
    heard = b""
    for question, answer in answers:
        while question.encode() not in heard:
            try:
                heard += os.read(terminal, 1024)
            except OSError:
                raise AssertionError(f"{question!r} was not asked: {heard.decode()}") from None
        os.write(terminal, answer.encode() + b"\n")
        heard = heard.split(question.encode(), 1)[1]
    while True:
        try:
            more = os.read(terminal, 1024)
        except OSError:
            break
        if not more:
            break
        heard += more
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), heard.decode(), folder


# A company that may not show its list: Pages is not even proposed. Each wrong answer is asked again.
status, heard, folder = talk([
    ("Forge that the repository is on", "svn"),
    ("choose from github, gitlab, forgejo, gitea", "github"),
    ("Name of the registry", "Acme servers"),
    ("even if its repository is private", ""),
    ("URL that clients will be given", "http://mcp.acme.example/"),
    ("clients refuse http", "https://mcp.acme.example"),
    ("Maintainers", "acme"),
    ("is not a code owner", "@acme/platform"),
    ("Hosts inside the company that packages come from", "npm=artifacts.acme.example/x"),
    ("Hosts inside the company that packages come from", "npm=artifacts.acme.example"),
    ("Where do the workflows get mcp-static from", "cargo:latest"),
    ("is not an exact version", "https://files.acme.example/mcp-static"),
    ("SHA-256 of that file", "abc"),
    ("is not a SHA-256", "a" * 64),
    ("Add your first server now?", "missing.json"),
    ("Add your first server now?", "-"),
    ("Add your first server now?", "server.json"),
])
assert status == 0, heard
assert "GitHub Pages" not in heard, heard
assert "added com.acme/tool" in heard and "MCP_STATIC_URL" not in heard, heard
settings = (folder / "registry-data/registry.toml").read_text()
for line in ('npm = ["public", "artifacts.acme.example"]', 'name = "Acme servers"', 'base_url = "https://mcp.acme.example"', 'visibility = "private"', 'trust = "review"'):
    assert line in settings, settings
publish = (folder / ".github/workflows/publish.yml").read_text()
assert "ci gate --for plain " in publish and "a" * 64 in publish, publish
assert "@acme/platform" in (folder / ".github/CODEOWNERS").read_text()
assert (folder / "registry-data/servers/com.acme/tool/1.0.0/server.json").is_file()
subprocess.run(["git", "init", "-q", str(folder)], check=True)
checked = subprocess.run([TOOL, "check"], cwd=folder, capture_output=True, text=True)
assert checked.returncode == 0, checked

# A site that may be public, of a registry that is not; the remote proposes the rest.
status, heard, folder = talk([
    ("Name of the registry [mcp]", ""),
    ("Can the site be public", "maybe"),
    ("answer y or n", "y"),
    ("Is it a public registry", "n"),
    ("Publish it on GitHub Pages?", "y"),
    ("URL that clients will be given (empty when not known yet) [https://acme.github.io/mcp]", ""),
    ("[@acme]", ""),
    ("Hosts inside the company that packages come from", ""),
    ("Where do the workflows get mcp-static from", ""),
    ("Add your first server now?", ""),
], origin="git@github.com:acme/mcp.git")
assert status == 0, heard
assert 'trust = "review"' in (folder / "registry-data/registry.toml").read_text()
assert "ci gate --for github-pages " in (folder / ".github/workflows/publish.yml").read_text()
assert "next: mcp-static add FILE" in heard, heard
last = heard.strip().splitlines()[-1]
assert "MCP_STATIC_URL" in last and "sha256sum mcp-static" in last, last

# What flags say is not asked.
status, heard, _ = talk([], "--yes")
assert status == 0 and "?" not in heard, heard
print("init: all answered")
