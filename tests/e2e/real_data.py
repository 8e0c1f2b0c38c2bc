#!/usr/bin/env python3
"""The main job on real data: import a dump of a registry, check, build, serve, and compare with an
independent reading of the same dump.

    real_data.py TOOL DUMP.json.gz WORK

TOOL is the binary, WORK a folder that may be filled. Exits with 1 at the first thing that differs.
Only the standard library is used.
"""
import gzip
import http.client
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

OFFICIAL = "io.modelcontextprotocol.registry/official"
checks = 0


def expect(condition, *what):
    global checks
    checks += 1
    if not condition:
        sys.exit("real data: " + " ".join(str(w) for w in what))


def run(tool, *args, code=0):
    done = subprocess.run([tool, *args], capture_output=True, text=True)
    expect(done.returncode == code, args, "exit", done.returncode, done.stderr[-2000:], done.stdout[-2000:])
    return done


def snapshot(folder):
    return {str(p): (p.stat().st_mtime_ns, p.stat().st_size) for p in Path(folder).rglob("*") if p.is_file()}


def semver(text):
    """The official registry's idea of a semantic version, as a sort key; None for other versions."""
    m = re.fullmatch(r"v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?", text)
    if not m:
        return None
    pre = m[4].split(".") if m[4] else None
    if pre and any(not p or (p.isdigit() and len(p) > 1 and p[0] == "0") for p in pre):
        return None
    key = [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in pre] if pre else []
    return (int(m[1]), int(m[2]), int(m[3]), pre is None, key)


def import_twice(tool, dump, data):
    done = run(tool, "--data", data, "import", dump, "--no-progress")
    print(done.stderr.strip().splitlines()[-1])
    before = snapshot(data)
    run(tool, "--data", data, "import", dump, "--no-progress")
    expect(snapshot(data) == before, "a second import changed something")
    return done


def entry_path(site, name, version):
    return Path(site, "v0.1/servers", name, "versions", version, "index.json")


class Server:
    def __init__(self, tool, data, base):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [tool, "--data", data, "serve", "--addr", f"127.0.0.1:{self.port}", "--base-url", base, "--no-reload", "-q"],
            stdout=subprocess.DEVNULL,
        )
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                break
            except OSError:
                time.sleep(0.1)
        self.http = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def get(self, path):
        self.http.request("GET", path)
        answer = self.http.getresponse()
        return answer.status, answer.read()

    def list(self, **query):
        status, body = self.get("/v0.1/servers?" + urllib.parse.urlencode(query))
        expect(status == 200, query, status, body[:300])
        return json.loads(body)

    def walk(self, **query):
        found, cursor = [], None
        for _ in range(5000):
            page = self.list(**query, **({"cursor": cursor} if cursor else {}))
            expect(page["metadata"]["count"] == len(page["servers"]), "count")
            found += [(e["server"]["name"], e["server"]["version"]) for e in page["servers"]]
            cursor = page["metadata"].get("nextCursor")
            if not cursor:
                return found
        sys.exit("real data: paging never ends")


def main():
    tool, dump, work = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    shutil.rmtree(work, ignore_errors=True)
    data, site = str(work / "registry-data"), str(work / "_site")
    os.makedirs(data)
    base = "https://registry.example.com"
    records = json.load(gzip.open(dump))

    done = import_twice(tool, dump, data)
    there = {(p.parts[-4] + "/" + p.parts[-3], p.parts[-2]) for p in Path(data).glob("servers/*/*/*/server.json")}
    wanted = {(r["server"]["name"], r["server"]["version"]): r for r in records}
    missing = sorted(set(wanted) - there)
    expect(there <= set(wanted) and len(missing) <= 5, "imported", len(there), "of", len(wanted), missing)
    said = done.stdout + done.stderr
    for name, version in missing:
        expect(name in said and version in said, "no reason was given for", name, version)
    print(f"imported {len(there)} of {len(wanted)}; refused: {missing}")
    for key in missing:
        del wanted[key]
    for (name, version), record in wanted.items():
        raw = json.loads(Path(data, "servers", name, version, "server.json").read_text())
        expect(raw == record["server"] and list(raw) == list(record["server"]), "server.json differs", name, version)

    print(run(tool, "--data", data, "check", "--no-progress").stderr.strip())
    files = [str(p) for p in sorted(Path(data).glob("servers/*/*/*/server.json"))]
    copies = work / "documents"
    copies.mkdir()
    alone = []
    for i, path in enumerate(files):
        alone.append(str(copies / f"{i}.json"))
        shutil.copyfile(path, alone[-1])
    told = subprocess.run([tool, "check", "--profile", "official", "--format", "json", *alone], capture_output=True, text=True)
    expect(told.returncode == 1, "official profile exit", told.returncode)
    refused = set()
    codes = {}
    for line in told.stdout.splitlines():
        d = json.loads(line)
        if d["severity"] == "error":
            refused.add(d["file"])
            codes[d["code"]] = codes.get(d["code"], 0) + 1
    print(f"official profile refuses {len(refused)} of {len(alone)} documents: {codes}")

    run(tool, "--data", data, "build", "--only", "api", "--base-url", base, "--out", site, "--no-progress")
    run(tool, "check", "--site", site)
    groups = {}
    for (name, version), record in wanted.items():
        built = json.loads(entry_path(site, name, version).read_text())
        expect(built["server"] == record["server"], "built server differs", name, version)
        meta, upstream = built["_meta"][OFFICIAL], record["_meta"][OFFICIAL]
        for key in ("status", "publishedAt", "updatedAt"):
            expect(meta[key] == upstream[key], key, name, version, meta[key], upstream[key])
        groups.setdefault(name, []).append((version, upstream, meta))
    differ = []
    for name, versions in groups.items():
        expect(sum(m["isLatest"] for _, _, m in versions) == 1, "isLatest", name)
        ours = next(v for v, _, m in versions if m["isLatest"])
        theirs = next((v for v, u, _ in versions if u["isLatest"]), None)
        if ours != theirs:
            keys = {v: semver(v) for v, _, _ in versions}
            best = max((k for k in keys.values() if k), default=None)
            # Upstream sets the flag when a version is published, not from the whole set; where its
            # own rule over the whole set gives our answer, ours is right.
            expect(best is None or keys[ours] == best, "latest", name, ours, theirs)
            differ.append((name, ours, theirs))
    print(f"isLatest equals the dump's for {len(groups) - len(differ)} of {len(groups)} servers; not: {differ}")

    policy(tool, data, site)
    server = Server(tool, data, base)
    try:
        serve_checks(server, site, wanted, groups)
    finally:
        server.process.terminate()
    print(f"{checks} comparisons passed, 0 failed")


def policy(tool, data, site):
    """The table in docs/policy.md: what the policy there does to the dump."""
    page = Path(__file__).parents[2].joinpath("docs/policy.md").read_text()
    text = next(block for block in re.findall(r"```toml\n(.*?)```", page, re.S) if "known-sources" in block)
    table = {row[1]: (int(row[2]), int(row[3])) for row in re.finditer(r"^\| .*`([a-z-]+)`.*\| (\d+) \| (\d+) \|$", page, re.M)}
    listed = re.search(r"^\| listed \| (\d+) \| (\d+) \|$", page, re.M)
    path = Path(data, "policy.toml")
    path.write_text(text)
    site = site + "-policy"
    day = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}
    done = subprocess.run([tool, "--data", data, "build", "--only", "api", "--out", site, "-q"], env=day, capture_output=True, text=True)
    path.unlink()
    expect(done.returncode == 0, "policy", done.stderr[-2000:])
    found = {}
    for row in json.loads(Path(site, "policy/policy.json").read_text())["leftOut"]:
        versions, servers = found.get(row["rule"], (0, 0))
        found[row["rule"]] = (versions + len(row["versions"]), servers + 1)
    expect(found == table, "the table in docs/policy.md", table, "is not", found)
    latest = list(Path(site, "v0.1/servers").glob("*/*/versions/*/index.json"))
    servers = {file.parents[2] for file in latest}
    versions = [file for file in latest if file.parent.name != "latest"]
    expect((len(versions), len(servers)) == (int(listed[1]), int(listed[2])), "listed", len(versions), len(servers))


def serve_checks(server, site, wanted, groups):
    for i, ((name, version), _) in enumerate(wanted.items()):
        slash = ("%2F", "%2f", "/")[i % 3]
        quoted = urllib.parse.quote(version, safe="+" if i % 2 else "")
        status, body = server.get(f"/v0.1/servers/{name.replace('/', slash)}/versions/{quoted}")
        expect(status == 200 and body == entry_path(site, name, version).read_bytes(), "served", name, version, status)
    everything = sorted(wanted)
    for limit in (1, 7, 30, 100):
        expect(server.walk(limit=limit) == everything, "paging by", limit)
    latest = sorted((n, v) for n, versions in groups.items() for v, _, m in versions if m["isLatest"])
    expect(server.walk(limit=100, version="latest") == latest, "version=latest")
    random.seed(1)
    words = ["GitHub", "mcp", "weather", "zz-nothing", "%", "_", "a.b", "IO.github"]
    words += [random.choice(everything)[0][3:9] for _ in range(20)]
    for word in words:
        expected = [k for k in everything if word.lower() in k[0].lower()]
        expect(server.walk(limit=100, search=word) == expected, "search", word)
    times = sorted({r["_meta"][OFFICIAL]["updatedAt"] for r in wanted.values()})
    stamp = lambda t: (t[:19], (t[19:].strip(".Z") + "0" * 9)[:9])
    for since in [times[0], times[-1], *random.sample(times, 8), "1990-01-01T00:00:00Z", "2030-01-01T00:00:00+02:00"]:
        expected = [k for k in everything if stamp(wanted[k]["_meta"][OFFICIAL]["updatedAt"]) > stamp(since)]
        expect(server.walk(limit=100, updated_since=since) == expected, "updated_since", since)
    expect(server.walk(limit=100, include_deleted="true") == everything, "include_deleted")
    for version in {v for _, v in random.sample(everything, 20)} - {"latest"}:
        expected = [k for k in everything if k[1] == version]
        expect(server.walk(limit=100, version=version) == expected, "version", version)
    for path, status in (("?limit=0", 422), ("?limit=101", 422), ("?limit=x", 422), ("?updated_since=x", 400)):
        expect(server.get("/v0.1/servers" + path)[0] == status, path)


main()
