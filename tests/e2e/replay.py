"""Sends a web server every shape of request that clients send and compares the answers with the plain site.

replay.py URL PLAIN_SITE [PATH]    PATH is that of the base URL, which the server knows too
"""
import http.client
import json
import os
import sys
import urllib.parse

url, site = urllib.parse.urlsplit(sys.argv[1]), sys.argv[2]
prefix = sys.argv[3] if len(sys.argv) > 3 else ""
CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, OPTIONS",
    "access-control-allow-headers": "Authorization, Content-Type",
}
checked = 0


def ask(path, method="GET"):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
    connection.request(method, path, headers={"Origin": "vscode-file://vscode-app"})
    answer = connection.getresponse()
    body = answer.read()
    headers = {}
    for name, value in answer.getheaders():
        assert name.lower() not in headers, f"{path}: {name} twice"
        headers[name.lower()] = value
    for name, value in CORS.items():
        assert headers.get(name) == value, f"{method} {path}: {name} is {headers.get(name)!r}, status {answer.status}"
    global checked
    checked += 1
    return answer.status, headers, body


def read(path):
    with open(os.path.join(site, path), "rb") as file:
        return file.read()


def document(path, file):
    status, headers, body = ask(path)
    assert status == 200, f"{path}: {status} {headers.get('location')}"
    assert headers["content-type"].split(";")[0] == "application/json", f"{path}: {headers['content-type']}"
    assert "max-age=60" in headers["cache-control"], f"{path}: {headers.get('cache-control')}"
    assert body == read(file), f"{path}: the body differs from {file}"


def missing(path):
    status, headers, body = ask(path)
    assert status == 404, f"{path}: {status}"
    assert headers["content-type"].split(";")[0] == "application/problem+json", f"{path}: {headers['content-type']}"
    assert json.loads(body)["status"] == 404
    assert headers["cache-control"] == "no-store", f"{path}: {headers['cache-control']}"


def names():
    root = os.path.join(site, "v0.1/servers")
    for namespace in sorted(os.listdir(root)):
        folder = os.path.join(root, namespace)
        if os.path.isdir(folder):
            for name in sorted(os.listdir(folder)):
                yield namespace, name


def servers(start):
    for namespace, name in names():
        versions = f"v0.1/servers/{namespace}/{name}/versions"
        for slash in ("%2F", "%2f", "/"):
            path = f"{start}/v0.1/servers/{namespace}{slash}{name}/versions"
            document(path, f"{versions}/index.json")
            for version in os.listdir(os.path.join(site, versions)):
                if version == "index.json":
                    continue
                for spelled in {version, version.replace("+", "%2B"), version.replace("+", "%2b")}:
                    document(f"{path}/{spelled}", f"{versions}/{version}/index.json")
                missing(f"{path}/{version}-no-such-version")
    for unknown in ("no.such%2Fserver", "no.such/server", "x"):
        missing(f"{start}/v0.1/servers/{unknown}/versions/latest")
        missing(f"{start}/v0.1/servers/{unknown}/versions")


def lists(start):
    for api in ("v0.1", "v0"):
        for name in ("servers", "health", "ping", "version"):
            document(f"{start}/{api}/{name}", f"v0.1/{name}/index.json")
            document(f"{start}/{api}/{name}/", f"v0.1/{name}/index.json")
    for query in ("foo=1", "search=tide", "limit=50&version=latest&search=tide", "limit=0", "limit=101", "limit=x",
                  "updated_since=2026-01-01T00:00:00Z", "version=1.0.0", "include_deleted=true&limit=5"):
        document(f"{start}/v0.1/servers?{query}", "v0.1/servers/index.json")
    missing(f"{start}/v0.1/servers?cursor=../../x&limit=10")
    missing(f"{start}/v0.1/servers?cursor=no.such/server:1.0.0")
    missing(f"{start}/v0.1/nothing")
    missing(f"{start}/v0.1")


def pages(start):
    """Every limit leads through the whole list, whatever the cursor's spelling."""
    whole = json.loads(read("v0.1/servers/index.json"))["servers"]
    for api, limit, extra, raw in (("v0.1", 1, "", True), ("v0.1", 5, "&version=latest", False), ("v0.1", 10, "", False),
                                   ("v0.1", 29, "&version=latest", True), ("v0.1", 30, "", False), ("v0", 50, "&version=latest", True),
                                   ("v0.1", 100, "", False), ("v0.1", None, "&version=latest", True),
                                   ("v0.1", 10, "&include_deleted=false", False)):
        seen, cursor = [], None
        while True:
            words = ([f"limit={limit}"] if limit else []) + ([] if cursor is None else ["cursor=" + (cursor if raw else urllib.parse.quote(cursor, safe=""))])
            query = "&".join(words) + extra
            status, headers, body = ask(f"{start}/{api}/servers?{query.lstrip('&')}")
            assert status == 200 and headers["content-type"].startswith("application/json"), f"{query}: {status} {headers}"
            page = json.loads(body)
            assert len(page["servers"]) <= (limit or 30) and page["metadata"]["count"] == len(page["servers"])
            seen += page["servers"]
            cursor = page["metadata"].get("nextCursor")
            if not cursor:
                break
            assert len(seen) <= len(whole), f"{query}: it never ends"
        assert seen == whole, f"limit {limit}: {len(seen)} of {len(whole)}"
    # A limit that changes on the way still meets every server once.
    first = json.loads(ask(f"{start}/v0.1/servers?limit=1")[2])
    rest = json.loads(ask(f"{start}/v0.1/servers?limit=100&cursor={first['metadata']['nextCursor']}")[2])
    assert rest["servers"][0] == whole[1]


def others(start):
    for path in ("/openapi.yaml", "/404.json", "/", "/browse/"):
        assert ask(start + path)[0] == 200, path
    page = "servers/{}/{}".format(*next(names()))
    status, headers, _ = ask(f"{start}/{page}")
    assert status == 308 and headers["location"].endswith(f"{prefix}/{page}/"), headers
    status, headers, body = ask(f"{start}/{page}/")
    assert status == 200 and body == read(f"{page}/index.html")
    status, headers, body = ask(f"{start}/nothing/here")
    assert status == 404 and body == read("404.html") and headers["content-type"].startswith("text/html")
    status, headers, _ = ask(f"{start}/v0.1/servers", "OPTIONS")
    assert status == 204, status
    types = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "json": "application/json"}
    for file in os.listdir(os.path.join(site, "assets")):
        if file.count(".") == 2:
            _, headers, _ = ask(f"{start}/assets/{file}")
            assert "immutable" in headers["cache-control"], f"{file}: {headers['cache-control']}"
            assert headers["content-type"].startswith(types[file.split(".")[-1]]), headers["content-type"]
    for path, kind in (("/feed.xml", "application/atom+xml"), ("/openapi.yaml", "application/yaml"), ("/robots.txt", "text/plain")):
        assert ask(start + path)[1]["content-type"].startswith(kind), path
    for own in ("nginx.conf", "Caddyfile", "apache.conf", "Containerfile"):
        assert ask(f"{start}/{own}")[0] == 404, own


for start in {"", prefix}:
    lists(start)
    servers(start)
    pages(start)
    others(start)
print(f"ok {sys.argv[1]}: {checked} answers")
