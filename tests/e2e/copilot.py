#!/usr/bin/env python3
"""The Copilot language server, the code behind the JetBrains, Eclipse and Xcode plugins, against our
registry: it lists, searches and gets servers.

    copilot.py BINARY BASE_URL DATA_FOLDER

BINARY is copilot-language-server; BASE_URL is a running `serve` (or any host) of DATA_FOLDER. Speaks the
Language Server Protocol on stdin and stdout; needs no account. Only the standard library is used.
"""
import json
import subprocess
import sys
import threading
from pathlib import Path

checks = 0


def expect(condition, *what):
    global checks
    checks += 1
    if not condition:
        sys.exit("copilot: " + " ".join(str(w)[:600] for w in what))


class LanguageServer:
    def __init__(self, binary):
        self.process = subprocess.Popen(
            [binary, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.next = 0
        # A server that hangs fails the test instead of the build.
        self.timer = threading.Timer(120, self.process.kill)
        self.timer.start()

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self):
        length = None
        while True:
            line = self.process.stdout.readline()
            if not line:
                sys.exit("copilot: the language server went away")
            if line == b"\r\n":
                return json.loads(self.process.stdout.read(length))
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)

    def ask(self, method, params):
        self.next += 1
        self.send({"id": self.next, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == self.next and "method" not in message:
                return message
            if "id" in message and "method" in message:
                self.send({"id": message["id"], "result": None})

    def end(self):
        self.timer.cancel()
        self.process.kill()


def start(binary):
    server = LanguageServer(binary)
    answer = server.ask(
        "initialize",
        {
            "processId": None,
            "capabilities": {},
            "initializationOptions": {
                "editorInfo": {"name": "test", "version": "1"},
                "editorPluginInfo": {"name": "test", "version": "1"},
            },
        },
    )
    expect("result" in answer, "initialize", answer)
    server.send({"method": "initialized", "params": {}})
    return server


def main():
    binary, base, data = sys.argv[1:4]
    names = sorted({f"{p.parts[-4]}/{p.parts[-3]}" for p in Path(data).glob("servers/*/*/*/server.json")})
    server = start(binary)
    listing = f"{base}/v0.1/servers"

    found, cursor = [], None
    while True:
        params = {"baseUrl": listing, "limit": 30, "version": "latest", **({"cursor": cursor} if cursor else {})}
        answer = server.ask("mcp/registry/listServers", params)
        expect("result" in answer, "listServers", answer)
        page = answer["result"]
        found += [entry["server"]["name"] for entry in page["servers"]]
        cursor = page["metadata"].get("nextCursor")
        if not cursor:
            break
    expect(set(found) <= set(names) and len(found) == len(set(found)), "the list has strangers or doubles")
    expect(len(found) >= len(names) * 0.9, "listed", len(found), "of", len(names))
    print(f"copilot: listed {len(found)} servers page by page")

    word = found[len(found) // 2].split("/")[1][:6]
    answer = server.ask("mcp/registry/listServers", {"baseUrl": listing, "limit": 100, "search": word, "version": "latest"})
    hits = [entry["server"]["name"] for entry in answer["result"]["servers"]]
    expected = [name for name in found if word.lower() in name.lower()][:100]
    expect(hits == expected, "search", word, hits, expected)
    print(f"copilot: search {word!r} gives {len(hits)}")

    for name in found[:: max(1, len(found) // 12)]:
        versions = sorted(p.name for p in Path(data, "servers", name).iterdir() if p.is_dir())
        for version in ["latest", versions[0]]:
            answer = server.ask("mcp/registry/getServer", {"baseUrl": listing, "serverName": name, "version": version})
            if "result" not in answer:
                status = Path(data, "servers", name, version, "status.json")
                expect(status.exists() and "deleted" in status.read_text(), "getServer", name, version, answer)
                continue
            body = answer["result"]
            expect(body["server"]["name"] == name, "getServer", name, version, body)
            expect(version in ("latest", body["server"]["version"]), "version", version, body["server"]["version"])
    answer = server.ask("mcp/registry/getServer", {"baseUrl": listing, "serverName": "com.example/no-such", "version": "latest"})
    expect("error" in answer and "not found" in json.dumps(answer["error"]).lower(), "unknown server", answer)
    server.end()
    print(f"copilot: {checks} passed, 0 failed")


main()
