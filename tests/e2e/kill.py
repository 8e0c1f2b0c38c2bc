#!/usr/bin/env python3
"""A build that is killed at any moment, or runs out of disk, leaves the old site or one that the next
run completes.

    kill.py TOOL DATA WORK

Builds two states of DATA in turn, kills the build after a random time, and looks at what is there. Then
kills it in the commit step alone, takes the output or the working folder away, and builds again; on the
same disk and with a mounted output, as a container's volume is.
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


def under_way(folder):
    """Whether the manifest of a site announces another, so that files of both may be there."""
    try:
        return b'"next":"' in (Path(folder) / "manifest.json").read_bytes()[:400]
    except FileNotFoundError:
        return False


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
            # Only a commit that is under way may show both states, and then the manifest tells.
            if not under_way(out):
                sys.exit("kill: half a site that passes for a whole one")
            strange = {p: d for p, d in now.items() if p != "manifest.json" and d not in (wanted["a"].get(p), wanted["b"].get(p))}
            if strange:
                sys.exit(f"kill: files of neither state: {strange}")
        build(state, out)
        if tree(out) != wanted[state]:
            sys.exit(f"kill: the next build did not make state {state} whole")
    print(f"kill: 40 rounds, {killed} killed in time, {mixed} in the commit; every next build was whole")
    many_servers()
    commit_step("on the same disk", work / "committed" / "site")
    for name, mount in (("a disk of its own", ["-t", "tmpfs", "tmpfs"]), ("a mounted folder", ["--bind", str(work / "volume")])):
        out = work / "mounted" / "site"
        out.mkdir(parents=True, exist_ok=True)
        (work / "volume").mkdir(exist_ok=True)
        if os.geteuid() != 0 or subprocess.run(["mount", *mount, str(out)]).returncode:
            print(f"kill: no right to mount {name}: SKIPPED")
            continue
        try:
            commit_step(name, out, mounted=True)
        finally:
            subprocess.run(["umount", str(out)])
    full_disk()


def many_servers():
    """Two states in which every file differs, large enough for a commit to take a while."""
    text = json.loads(next((work / "a").glob("servers/*/*/*/server.json")).read_text())
    for state, word in (("many-a", "first"), ("many-b", "other")):
        for at in range(100 if state == "many-a" else 120):
            name = f"com.example.many/server-{at}"
            folder = work / state / "servers" / name / "1.0.0"
            folder.mkdir(parents=True)
            document = {"$schema": text["$schema"], "name": name, "description": word, "version": "1.0.0"}
            (folder / "server.json").write_text(json.dumps(document))
            (folder / "origin.json").write_text('{"publishedAt":"2026-01-01T00:00:00Z"}')
    for at in range(0, 100, 5):
        shutil.rmtree(work / "many-b" / "servers" / "com.example.many" / f"server-{at}")


def empty(folder, mounted):
    """Takes everything out of a folder, and the folder too unless it is mounted."""
    for path in Path(folder).iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    if not mounted:
        folder.rmdir()


def commit_step(where, out, mounted=False):
    working = out.parent / ".mcp-static"
    wanted = {}
    for state in ("many-a", "many-b"):
        fresh = work / f"fresh-{state}" / "site"
        if not fresh.exists():
            build(state, fresh)
        wanted[state] = tree(fresh)
    build("many-a", out)
    afterwards = ("nothing", "no output", "no working folder", "neither", "another state")
    hits = dict.fromkeys(afterwards, 0)
    state, limit, round_ = "many-a", 0.008, 0
    # A fast program on a fast disk is hard to meet: the kill comes earlier after each miss.
    while round_ < 15 or (round_ < 80 and not all(hits.values())):
        state = "many-a" if state == "many-b" else "many-b"
        after = afterwards[round_ % len(afterwards)]
        round_ += 1
        process = subprocess.Popen(command(state, out), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while process.poll() is None and not under_way(out):
            time.sleep(0.0005)
        time.sleep(random.random() * limit)
        process.kill()
        process.wait()
        hits[after] += under_way(out)
        limit = limit if under_way(out) else limit / 2
        if under_way(out) and subprocess.run([tool, "check", "--site", str(out), "-q"], capture_output=True).returncode != 1:
            sys.exit(f"kill: {where}: an interrupted commit passes for a whole site")
        if after in ("no output", "neither"):
            empty(out, mounted)
        if after in ("no working folder", "neither"):
            shutil.rmtree(working)
        if after == "another state":
            state = "many-a" if state == "many-b" else "many-b"
        build(state, out)
        if tree(out) != wanted[state]:
            sys.exit(f"kill: {where}, then {after}: the next build did not make {state} whole")
    if not any(hits.values()):
        sys.exit(f"kill: {where}: no kill hit the commit: {hits}")
    print(f"kill: {where}: {round_} builds, killed in the commit {sum(hits.values())} times; every next build was whole")


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
