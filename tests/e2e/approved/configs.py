"""What installers write for the servers of a registry: the pages of its catalog and VS Code's gallery.

A configuration is a dictionary as in `mcpServers`; what people enter is in it already.
"""
import functools
import html
import json
import re
import shlex
import subprocess
from pathlib import Path

# What a person enters: the same in the environment of the client and, where a form has no variables, in
# the configuration. Copilot CLI and Claude Code replace variables in both, so they must agree.
VALUE = "made-up"
# The programs that packages are started with.
RUNNERS = ["npx", "uvx", "dnx", "docker"]


class Page:
    """A server's page in the catalog."""

    def __init__(self, site, name):
        self.text = Path(site, "servers", name, "index.html").read_text()
        self.clients = completed(site)[name]

    def snippets(self, client, begin="{"):
        """The files for one client, in the order of the ways to install the server."""
        return [text for text in self.clients.get(client, []) if text.startswith(begin)]

    def starts(self):
        """The lines that start packages by hand, which are above the tabs."""
        blocks = re.findall(r"<div class=start>(.*?)</div>", self.text, re.S)
        return [line for block in blocks for line in codes(block)]

    def servers(self, client):
        """The configurations for one client. What is started by hand counts as one: the page shows it."""
        files = [json.loads(text) for text in self.snippets(client)]
        begin = tuple(f"{word} " for word in ["env", *RUNNERS])
        lines = [started(text) for text in self.starts() + self.snippets(client, begin)]
        shown = [only for file in files for only in (file.get("mcpServers") or file["servers"]).values()]
        return shown + [{"type": "stdio", "command": words[0], "args": words[1:]} for words in lines]


@functools.cache
def completed(site):
    """What each page says of each client once its script has run."""
    reader = Path(__file__).with_name("pages.cjs")
    return json.loads(subprocess.run(["node", reader, site], check=True, capture_output=True, text=True).stdout)


def codes(text):
    """The texts to copy in a part of a page, without those for PowerShell."""
    code = re.findall(r'(?<!data-shell=windows><summary>PowerShell</summary>)<pre[^>]*><code>(.*?)</code>', text, re.S)
    return [html.unescape(text) for text in code]


def started(line):
    """The words of a shell line without the environment that it sets."""
    words = shlex.split(line)
    while words[0] == "env" or "=" in words[0]:
        words.pop(0)
    return words


def variables(config):
    """The names of the environment that a configuration reads."""
    return set(re.findall(r"\$\{([A-Za-z0-9_]+)\}", json.dumps(config)))


def entered(config):
    """A configuration after VS Code, or a person, replaced every place for a value."""
    text = json.dumps(config)
    text = re.sub(r"\$\{input:[^}]*\}|\{[A-Za-z0-9_-]+\}|<your-[a-z-]+-here>|YOUR_[A-Z0-9_]+", VALUE, text)
    return json.loads(text)


def local(config):
    return {"type": "stdio", **{key: config[key] for key in ("command", "args", "env") if key in config}}


def remote(config):
    kind = "sse" if config.get("type") == "sse" else "http"
    return {"type": kind, "url": config["url"]}


def plain(config):
    """A configuration with nothing but what both clients know."""
    return local(config) if "command" in config else remote(config)


def gallery(package):
    """What VS Code of 2025 and of 2026 write for a package without arguments, read in its source."""
    kind, name, version = package["registryType"], package["identifier"], package.get("version")
    argv = {
        "npm": [["npx", f"{name}@{version}"]],
        "pypi": [["uvx", f"{name}=={version}"], ["uvx", f"{name}@{version}"]],
        "nuget": [["dnx", f"{name}@{version}", "--yes"]],
        "oci": [["docker", "run", "-i", "--rm", name]],
    }[kind]
    return [{"type": "stdio", "command": words[0], "args": words[1:]} for words in argv]


def windows(config):
    """A configuration as people on Windows have it, where npx and dnx are batch files."""
    return {**config, "command": "cmd", "args": ["/c", config["command"], *config["args"]]}


def argv(config, environment):
    """The command of a configuration, as it is started."""
    return expanded([config["command"], *config["args"]], environment)


def expanded(words, environment):
    """Words with the environment put in."""
    return tuple(re.sub(r"\$\{([A-Za-z0-9_]+)\}", lambda match: environment[match[1]], word) for word in words)
