#!/usr/bin/env python3
"""What is approved runs in real programs, and nothing else does. Started by approved.sh.

    check.py TOOL SAMPLE CACHE WORK [REAL]

SAMPLE and REAL are data folders, CACHE has the programs, WORK is an empty folder. Ends at the first thing that is
not as it should be.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import installers
from configs import VALUE, Page, argv, entered, expanded, gallery, plain, variables, windows
from programs import Programs, may_unshare

checks = 0
BASE = "https://registry.example.com"
# Packages without arguments, which every installer writes in its own way: the sample has none.
PLAIN = {
    "npm": {"identifier": "@example-plain/clock", "version": "1.0.0"},
    "pypi": {"identifier": "example-plain-clock", "version": "1.0.0"},
    "nuget": {"identifier": "Example.Plain.Clock", "version": "1.0.0"},
    "oci": {"identifier": "ghcr.io/example-plain/clock:1.0.0"},
}


def expect(condition, *what):
    global checks
    checks += 1
    if not condition:
        sys.exit("approved: " + " ".join(str(word)[:3000] for word in what))


def build(tool, folder, data, settings=""):
    """Builds a copy of `data` with more settings and returns the site."""
    shutil.copytree(data, folder / "registry-data")
    with open(folder / "registry-data/registry.toml", "a") as file:
        file.write(settings)
    done = subprocess.run([tool, "-q", "build", "--base-url", BASE], cwd=folder, capture_output=True, text=True)
    expect(done.returncode == 0, "build:", done.stdout, done.stderr)
    return folder / "_site"


# One that reads its environment.
ZONE = {"registryType": "oci", "identifier": "ghcr.io/example-plain/clock-zone:1.0.0",
        "environmentVariables": [{"name": "CLOCK_ZONE", "isRequired": True}, {"name": "CLOCK_LOCALE"}]}


def with_plain(data):
    """Adds the plain servers to a data folder."""
    for name, package in [*((kind, {"registryType": kind, **package}) for kind, package in PLAIN.items()), ("zone", ZONE)]:
        name = f"com.example.plain/clock-{name}"
        package = {**package, "transport": {"type": "stdio"}}
        server = {"$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json", "name": name,
                  "description": "Tells the time.", "version": "1.0.0", "packages": [package]}
        file = data / "servers" / name / "1.0.0/server.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(server, indent=2))
        # No history gives a date.
        (file.parent / "origin.json").write_text(json.dumps({"publishedAt": "2026-01-01T00:00:00Z"}))


class Registry:
    """The sample with the plain servers, and what its pages say of every version."""

    def __init__(self, tool, sample, work):
        self.tool, self.work = tool, work
        self.data = work / "data"
        shutil.copytree(sample, self.data)
        with_plain(self.data)
        settings = self.data / "registry.toml"
        clients = '[catalog]\nclients = ["vscode", "copilot-cli", "claude-code", "codex"]\n'
        settings.write_text(settings.read_text().replace("[catalog]\n", clients))
        self.names = sorted(f"{path.parts[-2]}/{path.name}" for path in self.data.glob("servers/*/*"))
        live, withdrawn = {}, {}
        for name in self.names:
            for version in sorted(p for p in (self.data / "servers" / name).iterdir() if p.is_dir()):
                status = version / "status.json"
                gone = status.exists() and json.loads(status.read_text())["status"] == "deleted"
                (withdrawn if gone else live).setdefault(name, []).append(version)
        expect(withdrawn and len(live) == len(self.names), "the sample has lost its withdrawn version")
        documents = [json.loads((version / "server.json").read_text()) for versions in live.values() for version in versions]
        self.packages = [package for document in documents for package in document.get("packages", [])]
        # A page shows how to install the latest version, so each version is alone in a registry once.
        self.live = self.alone(live, "live")
        self.withdrawn = self.alone(withdrawn, "withdrawn")

    def alone(self, versions, label):
        """For each client what the pages say, one registry for the first versions, one for the second, ..."""
        said = {"copilot-cli": [], "claude-code": [], "vscode": []}
        for at in range(max(map(len, versions.values()))):
            data = self.work / f"{label}-{at}-data"
            data.mkdir()
            shutil.copy(self.data / "registry.toml", data)
            shutil.copytree(self.data / "owners", data / "owners")
            for name, folders in versions.items():
                if at < len(folders):
                    shutil.copytree(folders[at], data / "servers" / name / folders[at].name)
                    (data / "servers" / name / folders[at].name / "status.json").unlink(missing_ok=True)
            (self.work / f"{label}-{at}").mkdir()
            site = build(self.tool, self.work / f"{label}-{at}", data)
            for name, folders in versions.items():
                for client in said:
                    found = Page(site, name).servers(client) if at < len(folders) else []
                    said[client] += found
        return said

    def site(self, label, settings):
        (self.work / label).mkdir()
        return build(self.tool, self.work / label, self.data, settings)


def numbered(label, configs):
    """Under names that mean nothing; equal ones once."""
    unique = list({json.dumps(config): config for config in configs}.values())
    return {f"{label}-{at}": config for at, config in enumerate(unique)}


def judge(program, about, policy, environment, passing, blocked, complete=False):
    """Starts the program with servers that shall pass and others that shall not; if `complete`, those that
    pass need every command of the policy."""
    servers = {**passing, **blocked}
    expect(len(servers) == len(passing) + len(blocked), "names occur twice")
    verdict = program(policy.read_text(), servers, environment)
    who = f"{program.__name__}, {about}:"
    for name in passing:
        expect(name in verdict.passed, who, "blocked", name, passing[name], "and said", verdict.said)
    for name in blocked:
        expect(name not in verdict.passed, who, "let through", name, blocked[name])
    commands = {argv(config, environment) for config in passing.values() if "command" in config}
    expect(verdict.started == commands, who, "started", verdict.started - commands, "not", commands - verdict.started)
    if complete:
        allowed = json.loads(policy.read_text())["allowedMcpServers"]
        rows = [row["serverCommand"] for row in allowed if "serverCommand" in row]
        idle = {expanded(words, environment) for words in rows} - commands
        expect(rows and not idle, who, "no installer writes", idle)
    print(f"approved: {who} {len(passing)} servers pass, {len(blocked)} do not")


def rogues():
    return {
        "rogue-command": {"type": "stdio", "command": "npx", "args": ["-y", "@example-lighthouse/tides-mcp@6.6.6"]},
        "rogue-argument": {"type": "stdio", "command": "npx", "args": ["@example-plain/clock@1.0.0", "--more"]},
        "rogue-host": {"type": "http", "url": "https://mcp.rogue.example/mcp"},
        "rogue-path": {"type": "http", "url": "https://mcp.lighthouse.example.com/tides/other"},
        "rogue-suffix": {"type": "http", "url": "https://eu.meridian.example.com.rogue.example/workspaces/a/mcp"},
    }


def typed(configs):
    """Values that are in the command and not in the environment."""
    return [json.loads(re.sub(r"\$\{[A-Z0-9_]+\}", "typed", json.dumps(config["args"]))) for config in configs]


def allowlists(programs, registry, installed):
    """Copilot CLI and Claude Code with each setting of the allowlist."""
    sites = {
        "auto": registry.site("auto", ""),
        "unpinned": registry.site("unpinned", "\n[exports.allowlist]\nunpinned = true\n"),
        "name": registry.site("name", '\n[exports.allowlist]\nmatch = "name"\n'),
    }
    pinned = numbered("gallery", [config for kind, package in PLAIN.items() for config in gallery({"registryType": kind, **package})])
    sound = {name: config for name, config in installed.items() if name not in installers.BROKEN}
    # An image names its version.
    exact = {name: config for name, config in sound.items() if "url" in config or config["command"] == "docker"}
    exact |= {name: config for name, config in sound.items() if name.startswith("copilot-") and config["command"] == "npx"}
    local = {name: config for name, config in sound.items() if name not in exact}
    broken = {name: config for name, config in installed.items() if name in installers.BROKEN}
    expect(exact and local and set(broken) == set(installers.BROKEN), "installed", list(installed))
    for program, client, file in [
        (programs.claude, "claude-code", "claude-code"),
        (programs.copilot, "copilot-cli", "copilot"),
    ]:
        policy = {label: site / "exports" / file / "managed-settings.json" for label, site in sites.items()}
        # What both clients read of a page: the environment has what people enter.
        pages = numbered("page", [plain(entered(config) if "url" in config else config) for config in registry.live[client]])
        vscode = numbered("vscode", [plain(entered(config)) for config in registry.live["vscode"]])
        asking = [config for config in pages.values() if "command" in config and variables(config.get("args", []))]
        expect(len(pages) > 25 and asking, "pages", len(pages))
        gone = numbered("withdrawn", [config for config in map(plain, registry.withdrawn[client]) if "command" in config])
        other = numbered("typed", [{**asking[0], "args": args} for args in typed(asking)])
        environment = {name: VALUE for config in [*pages.values(), *exact.values()] for name in variables(config)}
        batch = numbered("windows", [windows(config) for config in pages.values() if config.get("command") in ("npx", "dnx")])
        judge(program, "auto", policy["auto"], environment, {**pages, **batch, **vscode, **pinned, **exact},
              {**rogues(), **gone, **other, **local, **broken}, complete=True)
        judge(program, "unpinned", policy["unpinned"], environment, {**local, **exact}, {**rogues(), **gone, **broken})
        # By name everything runs that has the name, and nothing that has another.
        site = sites["name"]
        named = {}
        for name in registry.names:
            for config in Page(site, name).snippets("vscode" if client == "copilot-cli" else client)[:1]:
                [(key, config)] = (lambda read: read.get("servers") or read["mcpServers"])(json.loads(config)).items()
                named[key] = plain(entered(config))
        judge(program, "name", policy["name"], environment, named, rogues())


def codex(programs, registry):
    """Codex: the first way of each page is enabled, another program or URL under the name is not."""
    site = registry.work / "auto/_site"
    requirements = (site / "exports/codex/requirements.toml").read_text()
    ways = [Page(site, name).snippets("codex", "[mcp_servers.") for name in registry.names]
    first = {key: text for text, *_ in filter(None, ways) for key in tomllib.loads(text)["mcp_servers"]}
    left_out = {"warehouse"}  # its URL has a part that the user chooses
    enabled, refused = programs.codex(requirements, "\n".join(first.values()))
    expect(refused == left_out and enabled == set(first) - left_out, "Codex enables", enabled, "and not", refused)
    rogue = "".join(f'[mcp_servers.{key}]\n{line}\n' for key, line in [
        ("rogue", 'command = "npx"'), ("tides", 'command = "uvx"'), ("night-sky", 'url = "https://mcp.rogue.example/mcp"'),
        ("status-page", 'url = "https://mcp.rogue.example/mcp"'), ("rogue-url", 'url = "https://status.example.com/mcp"'),
    ])
    enabled, refused = programs.codex(requirements, rogue)
    expect(not enabled and len(refused) == 5, "Codex enables", enabled)
    print(f"approved: Codex enables {len(first) - len(left_out)} servers and disables {len(refused) + len(left_out)}")


def served(tool, data):
    """The files for Amazon Q and for Copilot of a registry that is only served."""
    with installers.Serve(tool, data) as base:
        files = [urllib.request.urlopen(f"{base}/exports/{path}") for path in ("amazon-q/registry.json", "copilot/managed-settings.json")]
        return [json.load(file) for file in files]


def amazon_q(cache, work, about, registry):
    """Amazon Q's own validator takes our list, and not one with a wrong entry."""
    def errors(registry):
        file = work / "amazon-q.json"
        file.write_text(json.dumps(registry))
        done = subprocess.run(["node", Path(__file__).parent / "amazon_q.cjs", cache / "amazon-q", file], capture_output=True, text=True)
        expect(done.returncode == 0, "Amazon Q's validator:", done.stderr)
        return json.loads(done.stdout)

    found = errors(registry)
    expect(registry["servers"] and not found, "Amazon Q refuses", about, found[:5])
    wrong = {**registry["servers"][0]["server"], "name": "com.example/slash"}
    expect(errors({"servers": [*registry["servers"], {"server": wrong}]}), "Amazon Q's validator takes anything")
    print(f"approved: Amazon Q takes {about}, {len(registry['servers'])} servers")


def real_data(cache, tool, work, data):
    """Of the real data, Amazon Q takes our list, and Copilot CLI writes what only it would write."""
    registry, policy = served(tool, data)
    amazon_q(cache, work, "the real data", registry)
    packages = [package for file in Path(data).glob("servers/*/*/*/server.json")
                for package in json.loads(file.read_text()).get("packages", [])]
    written = {tuple(words) for words in installers.copilot_cli(cache, work, packages) if words}
    rows = [tuple(row["serverCommand"]) for row in policy["allowedMcpServers"] if "serverCommand" in row]
    only = [row for row in rows if row[:4] == ("docker", "run", "--rm", "-i")]
    expect(only and set(only) <= written, "Copilot CLI does not write", set(only) - written)
    print(f"approved: Copilot CLI writes {len(written & set(rows))} commands of the real data's allowlist")


def main():
    tool, *folders = sys.argv[1:5]
    sample, cache, work = (Path(folder).resolve() for folder in folders)
    real = sys.argv[5] if len(sys.argv) > 5 else None
    clock = time.monotonic()

    def took(what):
        nonlocal clock
        print(f"approved: {what}: {time.monotonic() - clock:.0f} s", flush=True)
        clock = time.monotonic()

    registry = Registry(tool, sample, work)
    took("registries")
    with installers.Serve(tool, registry.data) as base:
        installed = installers.install(cache, work, base, registry, expect)
    installed |= numbered("copilot", installers.by_copilot_cli(cache, work, registry.packages))
    took("installers")
    if may_unshare():
        programs = Programs(cache, work)
        allowlists(programs, registry, installed)
        took("Claude Code and Copilot CLI")
        codex(programs, registry)
        took("Codex")
    else:
        registry.site("auto", "")
        print("approved: skipped: Copilot CLI, Claude Code and Codex, as this machine lets nobody make namespaces")
    amazon_q(cache, work, "the sample", json.loads((work / "auto/_site/exports/amazon-q/registry.json").read_text()))
    if real:
        real_data(cache, tool, work, real)
    took("Amazon Q and the real data")
    print(f"approved: {checks} passed, 0 failed")


main()
