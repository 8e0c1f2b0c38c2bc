#!/usr/bin/env python3
"""A mirror of the whole official registry: a server on this computer pages through a skeleton of its list, whose
documents are filled up to the usual size, and `sync` brings them in. The cost of a run and of the next ones is printed;
memory is held to a limit.

    mirror.py TOOL SKELETON.json.gz

Exits with 1 at the first thing that is not as it has to be. Only the standard library is used.
"""
import datetime
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

OFFICIAL = "io.modelcontextprotocol.registry/official"
SIZE = 2600  # bytes of a document in the mean, of the real registry
LIMIT = 300_000_000  # bytes
PAGE = 100

tool, skeleton = Path(sys.argv[1]).resolve(), sys.argv[2]


def expect(condition, *what):
    if not condition:
        sys.exit("mirror: " + " ".join(str(w) for w in what))


def filled(record, at):
    """The record as a document that can be published, with a description of each variable as long as it takes."""
    server = {"$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json", **record["server"]}
    server["description"] = (server.get("description") or "A server")[:100]
    variables = {f"VALUE_{i}": f"Sets the value {i} of {at}, which is described as long as authors do. " * 2 for i in range(12)}
    server["remotes"] = [{"type": "streamable-http", "url": f"https://s{at}.example.com/mcp", "headers": [{"name": k, "description": v} for k, v in variables.items()]}]
    meta = record["_meta"]
    return json.dumps({"server": server, "_meta": meta}), server["name"], server["version"], meta[OFFICIAL]


def moved(raw):
    """Moves all dates by as many days as make the newest one that of yesterday: a registry that is in use."""
    facts = [record["_meta"][OFFICIAL] for record in raw]
    newest = max(fact.get("updatedAt", "") for fact in facts)[:10]
    days = datetime.date.today() - datetime.timedelta(days=1) - datetime.date.fromisoformat(newest)
    for fact in facts:
        for key in ("publishedAt", "updatedAt", "statusChangedAt"):
            if key in fact:
                fact[key] = (datetime.date.fromisoformat(fact[key][:10]) + days).isoformat() + fact[key][10:]


class World:
    def __init__(self):
        raw = json.load(gzip.open(skeleton))
        moved(raw)
        records = [filled(record, at) for at, record in enumerate(raw)]
        records.sort(key=lambda r: (r[1], r[2]))
        self.records, self.pages = records, 0
        self.mean = sum(len(r[0]) for r in records) / len(records)

    def page(self, query):
        since, start = query.get("updated_since", [""])[0], int(query.get("cursor", ["0"])[0])
        found = [r for r in self.records if r[3].get("updatedAt", "") > since] if since else self.records
        part = found[start:start + PAGE]
        more = f',"nextCursor":"{start + PAGE}"' if start + PAGE < len(found) else ""
        self.pages += 1
        return f'{{"servers":[{",".join(r[0] for r in part)}],"metadata":{{"count":{len(part)}{more}}}}}'.encode()


world = World()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        known = url.path == "/v0.1/servers"
        body = world.page(urllib.parse.parse_qs(url.query)) if known else b"{}"
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
work = Path(tempfile.mkdtemp(prefix="mcp-static-mirror-"))
data = work / "registry-data"
data.mkdir()
(data / "registry.toml").write_text(f'[[mirror]]\nfrom = "{base}"\nservers = ["*"]\n')


def sync(what, *args):
    world.pages, begun = 0, time.monotonic()
    child = subprocess.Popen([tool, "--data", data, "sync", "--quiet", "--no-progress", *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out = child.stdout.read().decode()
    _, status, used = os.wait4(child.pid, 0)
    wall, cpu, peak = time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
    print(f"mirror: {what}: {wall:.1f} s, {cpu:.1f} s CPU, {peak / 1e6:.0f} MB, {world.pages} pages")
    expect(os.waitstatus_to_exitcode(status) == 0, what, "failed", out[-3000:])
    expect(peak < LIMIT, what, f"took {peak / 1e6:.0f} MB")
    return out.splitlines()


def files():
    return sum(1 for path in data.rglob("*") if path.is_file())


try:
    print(f"mirror: {len(world.records)} records, {world.mean:.0f} bytes in the mean")
    first = sync("first run")
    new = sum(line.startswith("new ") for line in first)
    refused = sum("import-refused" in line for line in first)
    expect(new > 24_000, "only", new, "came in", refused, first[-20:])
    count = files()
    again = sync("the same again")
    expect(not [line for line in again if line.startswith(("new", "updated", "deleted"))], again[:5])
    whole = sync("everything compared", "--full")
    expect(not [line for line in whole if line.startswith(("new", "updated", "deleted"))], whole[:5])
    expect(files() == count, "files came or went")
    text, name, version, official = world.records[5]
    changed = json.loads(text)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    changed["_meta"][OFFICIAL].update(status="deprecated", updatedAt=now, statusChangedAt=now)
    world.records[5] = (json.dumps(changed), name, version, changed["_meta"][OFFICIAL])
    one = [line for line in sync("one change") if line.startswith("deprecated ")]
    expect(world.pages < 20, "a change took", world.pages, "pages")
    expect(one == [f"deprecated {name}@{version}"], one)
    print(f"mirror: {new} versions came in")
finally:
    shutil.rmtree(work)
