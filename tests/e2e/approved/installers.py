"""apm, add-mcp and mcp-lookup against a running registry."""
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from configs import VALUE, entered, plain

# What apm writes and nobody can start: a container without `run`, a .NET tool that asks a question.
BROKEN = {"apm-net.example.quill/notes-vault", "apm-com.example.brassworks/parts-catalogue", "apm-com.example.plain/clock-nuget"}


class Serve:
    """A running registry."""

    def __init__(self, tool, data):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = "127.0.0.1:%d" % probe.getsockname()[1]
        command = [tool, "--data", str(data), "serve", "--addr", self.address, "--no-reload", "-q"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def __enter__(self):
        host, port = self.address.split(":")
        for _ in range(300):
            try:
                socket.create_connection((host, int(port)), 0.2).close()
                return f"http://{self.address}"
            except OSError:
                time.sleep(0.1)
        sys.exit("approved: serve did not start")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def run(argv, home, project, environment=None, enter=""):
    for folder in (home, project):
        folder.mkdir(parents=True, exist_ok=True)
    env = {"HOME": str(home), "PATH": os.environ["PATH"], **(environment or {})}
    return subprocess.run(argv, cwd=project, env=env, input=enter, capture_output=True, text=True, timeout=120)


def latest(registry, name):
    """The document that a client gets when it asks for the latest version."""
    site = registry.work / "latest/_site"
    return json.loads((site / "v0.1/servers" / name / "versions/latest/index.json").read_text())["server"]


def install(cache, work, base, registry, expect):
    """Installs every server that the programs can install; returns what they wrote, by program and name."""
    registry.site("latest", "")
    documents = {name: latest(registry, name) for name in registry.names}
    lookup(cache, work, base, documents, expect)
    return {**apm(cache, work, base, documents, expect), **add_mcp(cache, work, base, documents, expect)}


def lookup(cache, work, base, documents, expect):
    command = [cache / "installers/bin/mcp-lookup", "--base-url", base, "--source", "registry", "get"]
    for name, document in documents.items():
        done = run([*command, name], work / "lookup", work / "lookup")
        found = json.loads(done.stdout).get("server") if done.returncode == 0 else done.stderr
        expect(found == document, "mcp-lookup found", found, "for", name)
    print(f"approved: mcp-lookup finds {len(documents)} servers")


def runs_here(name, document, config):
    """Whether a configuration is about this server: one of its packages or remotes."""
    names = [package["identifier"] for package in document.get("packages", [])]
    urls = [entered(remote["url"]) for remote in document.get("remotes", [])]
    return config.get("url") in urls or any(word in names for word in config.get("args", []))


def completed(document, config):
    """apm leaves out values that a person has to supply: they come after the names."""
    open = {argument["name"] for package in document.get("packages", []) for argument in package.get("packageArguments", [])
            if argument["type"] == "named" and not {"value", "default"} & argument.keys()}
    if "args" in config:
        config["args"] = [word for given in config["args"] for word in ([given, VALUE] if given in open else [given])]
    return config


def apm(cache, work, base, documents, expect):
    program, home, project = cache / "installers/bin/apm", work / "apm/home", work / "apm/project"
    environment = {"MCP_REGISTRY_URL": base, "MCP_REGISTRY_ALLOW_HTTP": "1"}
    done = run([program, "mcp", "search", "night-sky"], home, project, environment)
    expect("org.example.observatory/night-sky" in done.stdout, "apm found", done.stdout, done.stderr)
    # It installs no bundles.
    wanted = [name for name, document in documents.items()
              if document.get("remotes") or document["packages"][0]["registryType"] != "mcpb"]
    dependencies = "".join(f"    - {name}\n" for name in wanted)
    (project / ".claude").mkdir()
    (project / "apm.yml").write_text(f"name: test\nversion: 1.0.0\ndependencies:\n  mcp:\n{dependencies}")
    done = run([program, "install", "-t", "claude"], home, project, environment, f"{VALUE}\n" * 50)
    expect(done.returncode == 0, "apm:", done.stdout[-2000:], done.stderr[-2000:])
    written = json.loads((project / ".mcp.json").read_text())["mcpServers"]
    installed = {}
    for name in wanted:
        config = entered(written[name.split("/")[1]])
        expect(runs_here(name, documents[name], config), "apm installed", config, "for", name)
        installed[f"apm-{name}"] = completed(documents[name], plain(config))
    # For the other clients it writes other commands for containers.
    images = ["com.example.plain/clock-oci", "com.example.plain/clock-zone"]
    for client, folder, file in [("copilot", ".github", "mcp.json"), ("vscode", ".vscode", "mcp.json")]:
        project = work / "apm" / client
        (project / folder).mkdir(parents=True)
        dependencies = "".join(f"    - {name}\n" for name in images)
        (project / "apm.yml").write_text(f"name: test\nversion: 1.0.0\ndependencies:\n  mcp:\n{dependencies}")
        done = run([program, "install", "-t", client], home, project, environment, f"{VALUE}\n" * 50)
        expect(done.returncode == 0, "apm:", done.stdout[-2000:], done.stderr[-2000:])
        written = json.loads((project / folder / file).read_text())
        for name in images:
            config = written["servers"][name] if client == "vscode" else written["mcpServers"][name.split("/")[1]]
            expect(runs_here(name, documents[name], config), "apm installed", config, "for", name)
            installed[f"apm-{client}-{name}"] = plain(entered(config) if client == "vscode" else config)
    print(f"approved: apm installs {len(installed)} servers")
    return installed


def add_mcp(cache, work, base, documents, expect):
    home = work / "add-mcp/home"
    settings = {"version": 1, "findRegistries": [{"url": f"{base}/v0.1/servers", "label": "ours"}]}
    (home / ".config/add-mcp").mkdir(parents=True)
    (home / ".config/add-mcp/config.json").write_text(json.dumps(settings))
    program = ["node", cache / "programs/node_modules/add-mcp/dist/index.js"]
    installed = {}
    for name, document in documents.items():
        kinds = {package["registryType"] for package in document.get("packages", [])}
        if not document.get("remotes") and "npm" not in kinds:
            continue
        project = work / "add-mcp" / name
        done = run([*program, "find", name, "-a", "claude-code", "-y"], home, project)
        expect((project / ".mcp.json").exists(), "add-mcp did not install", name, done.stdout)
        [config] = json.loads((project / ".mcp.json").read_text())["mcpServers"].values()
        config = plain(entered(config))
        expect(runs_here(name, document, config), "add-mcp installed", config, "for", name)
        installed[f"add-mcp-{name}"] = config
    print(f"approved: add-mcp installs {len(installed)} servers")
    return installed


def copilot_cli(cache, work, packages):
    """The commands that Copilot CLI writes for packages when nobody enters a value, or None."""
    home = work / "copilot-cli"
    home.mkdir(exist_ok=True)
    (cache / "home").mkdir(exist_ok=True)
    # It unpacks itself there.
    (home / ".cache").is_symlink() or (home / ".cache").symlink_to(cache / "home")
    binary = cache / "programs/node_modules/@github/copilot-linux-x64/copilot"
    done = run([binary, "--version"], home, home, {"COPILOT_OFFLINE": "true"})
    main = next((cache / "home/copilot/pkg").glob("*/*/cli-main.js"), None)
    if main is None:
        sys.exit(f"approved: Copilot CLI did not unpack itself: {done.stdout}{done.stderr}")
    done = run(["node", Path(__file__).parent / "copilot_cli.cjs", main], home, home, enter=json.dumps(packages))
    if done.returncode != 0:
        sys.exit(f"approved: Copilot CLI's own commands: {done.stderr}")
    return json.loads(done.stdout)


def by_copilot_cli(cache, work, packages):
    """The configurations that Copilot CLI writes for packages that ask for nothing in their commands."""
    def fixed(argument):
        text = argument.get("value") or argument.get("default")
        return "{" not in text if text else not argument.get("isRequired")

    quiet = [all(map(fixed, [*package.get("runtimeArguments", []), *package.get("packageArguments", [])])) for package in packages]
    pairs = zip(quiet, copilot_cli(cache, work, packages))
    return [{"type": "stdio", "command": words[0], "args": words[1:]} for only, words in pairs if only and words]
