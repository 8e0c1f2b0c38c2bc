"""The programs: each is started with a policy in /etc and with servers, and says which of them it lets pass."""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from configs import RUNNERS

HERE = Path(__file__).parent
ROOT = [] if os.geteuid() == 0 else ["-r"]
UNSHARE = ["unshare", *ROOT, "-m", "-n", "-p", "-f", "--mount-proc", "--kill-child"]
PORT = "8999"


def may_unshare():
    """Whether the machine lets us make namespaces and a network in them."""
    script = "ip link set lo up && mount -t tmpfs tmpfs /mnt"
    return subprocess.run([*UNSHARE, "sh", "-c", script], capture_output=True).returncode == 0


class Verdict:
    """What a program did with its servers."""

    def __init__(self, passed, started, said):
        # The names that it tried to start or to connect to, and every command that ran.
        self.passed, self.started, self.said = passed, started, said


class Programs:
    def __init__(self, cache, work):
        self.modules = Path(cache, "programs", "node_modules")
        self.cache, self.work = Path(cache), Path(work)

    def run(self, etc, files, argv, environment=None, model=None):
        """Runs `argv` at a home with `files`; `etc` has a path below /etc and its text."""
        root = Path(tempfile.mkdtemp(dir=self.work))
        home, project, started, bin = (root / name for name in ("home", "project", "started", "bin"))
        for folder in (home, project, started, bin):
            folder.mkdir()
        # Copilot CLI unpacks itself there.
        (self.cache / "home").mkdir(exist_ok=True)
        (home / ".cache").symlink_to(self.cache / "home")
        for path, text in {**{f"home/{path}": text for path, text in files.items()}, f"etc/{etc[0]}": etc[1]}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        for runner in [*RUNNERS, "cmd"]:
            (bin / runner).write_text(f'#!/bin/sh\nprintf "%s\\n" "${{0##*/}}" "$@" > {started}/$$\n')
            (bin / runner).chmod(0o755)
        env = {"HOME": str(home), "PATH": f"{bin}:/usr/bin:/bin", **(environment or {})}
        inside = ["bash", str(HERE / "inside.sh"), str(root / "etc"), "env", "-i", *(f"{k}={v}" for k, v in env.items())]
        outside = {**os.environ, **({"MODEL": model} if model else {})}
        done = subprocess.run([*UNSHARE, *inside, *argv], cwd=project, env=outside, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=150)
        if done.returncode != 0:
            sys.exit(f"approved: {argv[0]} ended with {done.returncode}: {done.stderr[-2000:]}{done.stdout[-1000:]}")
        commands = {tuple(file.read_text().splitlines()) for file in started.iterdir()}
        logs = "".join(file.read_text(errors="replace") for file in sorted(root.glob("home/log/*")))
        return done.stdout, commands, logs

    def claude(self, policy, servers, environment):
        """Claude Code: refused servers are not in its list."""
        out, started, _ = self.run(
            ("claude-code/managed-settings.json", policy),
            {".claude.json": json.dumps({"mcpServers": servers})},
            [str(self.modules / "@anthropic-ai/claude-code-linux-x64/claude"), "mcp", "list"],
            {**environment, "DISABLE_AUTOUPDATER": "1"},
        )
        lines = out.splitlines()
        return Verdict({name for name in servers if any(line.startswith(f"{name}: ") for line in lines)}, started, out)

    def copilot(self, policy, servers, environment):
        """Copilot CLI: its log has a line about each server."""
        servers = {name: {**config, "tools": ["*"]} for name, config in servers.items()}
        stands_for = {"COPILOT_OFFLINE": "true", "COPILOT_PROVIDER_BASE_URL": f"http://127.0.0.1:{PORT}/v1",
                      "COPILOT_PROVIDER_API_KEY": "no-key-is-needed", "COPILOT_MODEL": "m",
                      "COPILOT_PROVIDER_WIRE_API": "completions"}
        script = '"$0" -p hi --allow-all-tools --log-level debug --log-dir "$HOME/log"'
        _, started, log = self.run(
            ("github-copilot/managed-settings.json", policy),
            {".copilot/mcp-config.json": json.dumps({"mcpServers": servers})},
            ["bash", "-c", script, str(self.modules / "@github/copilot-linux-x64/copilot")],
            {**environment, **stands_for}, PORT,
        )
        tried = set(re.findall(r"Recorded failure for server (.*?): ", log))
        refused = set(re.findall(r'Skipping MCP server "(.*?)": (?:not permitted|blocked) by enterprise managed', log))
        told = "\n".join(line for line in log.splitlines() if "MCP" in line)
        if tried & refused or tried | refused != set(servers):
            sys.exit(f"approved: Copilot CLI says nothing clear about {set(servers) - (tried ^ refused)}: {told[-4000:]}")
        return Verdict(tried, started, told)

    def codex(self, requirements, config):
        """Codex: its list says of each server whether it is enabled."""
        binary = self.modules / "codex-linux/vendor/x86_64-unknown-linux-musl/bin/codex"
        out, _, _ = self.run(("codex/requirements.toml", requirements), {".codex/config.toml": config},
                             [str(binary), "mcp", "list", "--json"])
        listed = {server["name"]: server for server in json.loads(out)}
        refused = {name for name, server in listed.items() if not server["enabled"]}
        for name in refused:
            if "requirements" not in (listed[name].get("disabled_reason") or ""):
                sys.exit(f"approved: Codex disabled {name} for another reason: {listed[name]}")
        return set(listed) - refused, refused
