"""Answers the questions of `init` on a pseudo terminal: init.py TOOL."""
import os
import pathlib
import pty
import sys
import tempfile

TOOL = sys.argv[1]


def talk(answers, *arguments):
    """Runs init with the answers; gives the questions and the folder."""
    folder = tempfile.mkdtemp()
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execv(TOOL, [TOOL, "init", "--color", "never", *arguments])
    heard = b""
    for question, answer in answers:
        while question.encode() not in heard:
            heard += os.read(terminal, 1024)
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
    return os.waitstatus_to_exitcode(status), heard.decode(), pathlib.Path(folder)


# A company that may not show its list: Pages is not even proposed.
status, heard, folder = talk([
    ("Name of the registry", "Acme servers"),
    ("Can the site be public", ""),
    ("URL that clients will be given", "http://mcp.acme.example/"),
    ("clients refuse http", "https://mcp.acme.example"),
    ("Maintainers", "@acme/platform"),
])
assert status == 0, heard
assert "GitHub Pages" not in heard, heard
settings = (folder / "registry-data/registry.toml").read_text()
for line in ('name = "Acme servers"', 'base_url = "https://mcp.acme.example"', 'visibility = "private"', 'trust = "review"'):
    assert line in settings, settings
assert "host: plain" in (folder / ".github/workflows/publish.yml").read_text()
assert "@acme/platform" in (folder / ".github/CODEOWNERS").read_text()

# A site that may be public, of a registry that is not.
status, heard, folder = talk([
    ("Name of the registry", ""),
    ("Can the site be public", "maybe"),
    ("please answer", "y"),
    ("Is it a public registry", "n"),
    ("Publish it on GitHub Pages?", "y"),
    ("URL that clients will be given", ""),
    ("Maintainers", ""),
])
assert status == 0, heard
assert 'trust = "review"' in (folder / "registry-data/registry.toml").read_text()
assert "host: github-pages" in (folder / ".github/workflows/publish.yml").read_text()
assert "name your maintainers" in heard, heard

# What flags say is not asked.
status, heard, _ = talk([], "--yes")
assert status == 0 and "?" not in heard, heard
print("init: all answered")
