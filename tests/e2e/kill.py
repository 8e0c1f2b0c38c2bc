#!/usr/bin/env python3
"""A build that is killed at any moment, or runs out of disk, leaves the old site or one that the next
run completes.

    kill.py TOOL DATA WORK

Builds two states of DATA in turn, kills the build after a random time, and looks at what is there.
"""
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

tool, data, work = sys.argv[1], sys.argv[2], Path(sys.argv[3])
BASE = "https://registry.example.com"


def tree(folder):
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(Path(folder).rglob("*"))
        if p.is_file()
    }


def command(state, out):
    return [tool, "--data", str(work / state), "build", "--only", "api", "--base-url", BASE, "--out", str(out), "-q"]


def build(state, out):
    done = subprocess.run(command(state, out), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"kill: build of {state} failed: {done.stderr}{done.stdout}")


def whole(folder):
    """Whether every file of the site is one that the manifest of either state names, byte for byte."""
    for path in Path(folder).rglob("*.json"):
        json.loads(path.read_text())


def main():
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    shutil.copytree(data, work / "a")
    shutil.copytree(data, work / "b")
    documents = sorted((work / "b").glob("servers/*/*/*/server.json"))
    for path in documents[::2]:
        (path.parent / "status.json").write_text('{"status":"deprecated"}')
    for path in documents[1::7]:
        shutil.rmtree(path.parent)
    wanted = {}
    for state in "ab":
        build(state, work / f"fresh-{state}" / "site")
        wanted[state] = tree(work / f"fresh-{state}" / "site")
    assert wanted["a"] != wanted["b"]

    random.seed(7)
    out = work / "killed" / "site"
    build("a", out)
    started = time.monotonic()
    build("b", out)
    full = time.monotonic() - started
    killed = mixed = 0
    state = "b"
    for round_ in range(40):
        state = "a" if state == "b" else "b"
        if round_ % 5 == 0:
            shutil.rmtree(out.parent / ".mcp-static", ignore_errors=True)
        process = subprocess.Popen(command(state, out), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        time.sleep(random.random() * full * 1.1)
        process.kill()
        killed += process.wait() != 0
        now = tree(out)
        if now not in wanted.values():
            mixed += 1
            # Only a commit that is under way may show both states, and then its journal tells.
            if not (out.parent / ".mcp-static" / "site" / "journal").exists():
                sys.exit("kill: half a site, and no journal to complete it")
            strange = {p: d for p, d in now.items() if d not in (wanted["a"].get(p), wanted["b"].get(p))}
            if strange:
                sys.exit(f"kill: files of neither state: {strange}")
        build(state, out)
        if tree(out) != wanted[state]:
            sys.exit(f"kill: the next build did not make state {state} whole")
    print(f"kill: 40 rounds, {killed} killed in time, {mixed} in the commit; every next build was whole")
    full_disk()


def full_disk():
    small = work / "small"
    small.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(small)]).returncode:
        print("kill: no right to mount a small disk; skipped")
        return
    try:
        done = subprocess.run(command("a", small / "site"), capture_output=True, text=True)
        left = [p for p in (small / "site").rglob("*")] if (small / "site").exists() else []
        if done.returncode != 2 or "No space left" not in done.stderr or left:
            sys.exit(f"kill: full disk: exit {done.returncode}, {len(left)} files left, {done.stderr}")
        print("kill: a full disk is an error and leaves nothing: " + done.stderr.strip().splitlines()[0][:120])
    finally:
        subprocess.run(["umount", str(small)])


main()
