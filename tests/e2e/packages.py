"""Package registries themselves: three npm packages that name their server and three that do not, and the same for
PyPI and crates.io as far as they can be reached.

    packages.py TOOL

Base URLs come from MCP_NPM, MCP_PYPI and MCP_CRATES, else from npm's and pip's own settings, else they are the public
ones. A registry that cannot be reached, or lacks what is asked for (many mirrors have no JSON API), is reported and
skipped; a wrong verdict fails.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
PUBLIC = {"npm": "https://registry.npmjs.org", "pypi": "https://pypi.org", "cargo": "https://crates.io"}

# Type, identifier, server name; without a name the package names no server.
PACKAGES = [
    ("npm", "@modelcontextprotocol/server-everything", "io.github.modelcontextprotocol/server-everything"),
    ("npm", "@modelcontextprotocol/server-filesystem", "io.github.modelcontextprotocol/server-filesystem"),
    ("npm", "@modelcontextprotocol/server-memory", "io.github.modelcontextprotocol/server-memory"),
    ("npm", "left-pad", None),
    ("npm", "express", None),
    ("npm", "@babel/core", None),
    ("pypi", "mcpcap", "ai.mcpcap/mcpcap"),
    ("pypi", "mcp-server-time", "io.github.modelcontextprotocol/server-time"),
    ("pypi", "mcp-server-fetch", "io.github.modelcontextprotocol/server-fetch"),
    ("pypi", "requests", None),
    ("pypi", "idna", None),
    ("pypi", "certifi", None),
    ("cargo", "serde", None),
    ("cargo", "libc", None),
    ("cargo", "memchr", None),
]


def output(*command):
    if not shutil.which(command[0]):
        return ""
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def base_of(kind):
    """The base URL of a registry, from the environment or the settings of its client."""
    named = os.environ.get({"npm": "MCP_NPM", "pypi": "MCP_PYPI", "cargo": "MCP_CRATES"}[kind])
    if named:
        return named.rstrip("/")
    if kind == "npm":
        return output("npm", "config", "get", "registry").rstrip("/") or PUBLIC[kind]
    if kind == "pypi":
        index = output("pip", "config", "get", "global.index-url").rstrip("/")
        return index.removesuffix("/simple") or PUBLIC[kind]
    return PUBLIC[kind]


def get(url):
    request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "mcp-static-tests"})
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            return json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return None


def newest(kind, base, name):
    """The newest version of a package, and whether the registry itself says that it names a server."""
    quoted = urllib.parse.quote(name, safe="@")
    if kind == "npm":
        found = get(f"{base}/{quoted}/latest")
        return (found["version"], found.get("mcpName")) if found else None
    if kind == "pypi":
        found = get(f"{base}/pypi/{quoted}/json")
        return (found["info"]["version"], found["info"].get("description") or "") if found else None
    found = get(f"{base}/api/v1/crates/{quoted}")
    return (found["crate"]["max_stable_version"], "") if found else None


def main():
    tool = os.path.abspath(sys.argv[1])
    skipped, judged = [], {"proven": 0, "unproven": 0}
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder, "registry-data")
        data.mkdir()
        hosts = {kind: urllib.parse.urlsplit(base_of(kind)).hostname for kind in PUBLIC}
        settings = "".join(f'{kind} = ["public", "{host}"]\n' for kind, host in hosts.items())
        pathlib.Path(data, "registry.toml").write_text(f"[packages]\n{settings}")
        for kind, name, server in PACKAGES:
            base = base_of(kind)
            found = newest(kind, base, name)
            if found is None:
                skipped.append(f"{kind} {name}")
                continue
            version, mark = found
            if server and server not in (mark or ""):
                skipped.append(f"{kind} {name} {version} (does not name {server} any more)")
                continue
            package = {"registryType": kind, "identifier": name, "version": version, "transport": {"type": "stdio"}}
            if base != PUBLIC[kind]:
                package["registryBaseUrl"] = base
            document = {
                "$schema": SCHEMA, "name": server or "com.example/weather", "description": "A test",
                "version": "1.0.0", "packages": [package],
            }
            file = pathlib.Path(folder, "server.json")
            file.write_text(json.dumps(document))
            ran = subprocess.run(
                [tool, "--data", data, "check", "--online", "--format", "json", file],
                capture_output=True, text=True,
            )
            codes = {json.loads(line)["code"] for line in ran.stdout.splitlines() if line.startswith("{")}
            if "package-indeterminate" in codes:
                skipped.append(f"{kind} {name} (no answer)")
                continue
            wanted = "proven" if server else "unproven"
            wrong = ran.returncode != 0 if server else "package-unproven" not in codes
            if wrong:
                sys.exit(f"e2e: {kind} {name} {version} should be {wanted}:\n{ran.stdout}{ran.stderr}")
            judged[wanted] += 1
    for what in skipped:
        print(f"e2e: packages: skipped {what}")
    print(f"e2e: packages: {judged['proven']} name their servers, {judged['unproven']} do not")


main()
