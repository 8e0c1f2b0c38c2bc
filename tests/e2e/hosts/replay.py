"""Sends a server every shape of request that clients send and compares the answers with the plain site."""
import json
import os
import urllib.parse

from table import HTML, JSON
from web import media

COMMON = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, OPTIONS",
    "access-control-allow-headers": "Authorization, Content-Type",
}
# RFC 9239 has the first; both are understood everywhere.
SCRIPT = {"text/javascript", "application/javascript"}
SLASHES = ("%2F", "%2f", "/")


class Replay:
    """One server, `web`, that promises `promise` for the site whose plain form is in the folder `site`."""

    def __init__(self, web, promise, site, prefix=""):
        self.web, self.promise, self.site, self.prefix = web, promise, site, prefix
        self.documents, self.files = 0, set()

    def run(self):
        """All shapes, at the root and, where the server knows the base URL's path, below it."""
        for start in sorted({"", self.prefix}):
            self.lists(start)
            self.servers(start)
            if self.promise.queries == "pages":
                self.pages(start)
            self.others(start)
        known = len({file for _, _, file, _ in self.spellings()} | self.files)
        return f"{len(self.files)} of {known} documents at {self.documents} addresses in {self.web.asked} answers"

    def read(self, path):
        with open(os.path.join(self.site, path), "rb") as file:
            return file.read()

    def visit(self, path, redirects, most):
        """The last answer on a way whose every hop is as promised."""
        hops = self.web.follow(path)
        statuses = [hop.status for hop in hops]
        assert len(hops) <= most + 1 and all(status in redirects for status in statuses[:-1]), f"{path}: {statuses}"
        for hop in hops:
            promised = self.promise.headers if hop.status < 400 else self.promise.headers_on_404
            for name, value in COMMON.items() if promised else ():
                assert hop.headers.get(name) == value, f"{hop.path}: {name} is {hop.headers.get(name)!r}, status {hop.status}"
            assert not any(" AND " in value for value in hop.headers.values()), f"{hop.path}: twice: {hop.headers}"
        return hops[-1]

    def document(self, path, file):
        promise = self.promise
        answer = self.visit(path, promise.redirects, promise.hops)
        assert answer.status == 200, f"{path}: {answer.status}"
        assert media(answer) in promise.kinds, f"{path}: {media(answer)}"
        assert "max-age=60" in answer.headers["cache-control"], f"{path}: {answer.headers['cache-control']}"
        assert answer.body == self.read(file), f"{path}: the body differs from {file}"
        self.documents += 1
        self.files.add(file)

    def missing(self, path):
        kind, body = self.promise.missing
        answer = self.visit(path, self.promise.redirects, self.promise.hops)
        assert answer.status == 404, f"{path}: {answer.status}"
        assert media(answer) == kind, f"{path}: {media(answer)}"
        assert answer.body == self.read(body), f"{path}: {answer.body[:200]}"
        if self.promise.own:
            assert answer.headers["cache-control"] == "no-store", f"{path}: {answer.headers['cache-control']}"

    def names(self):
        root = os.path.join(self.site, "v0.1/servers")
        for namespace in sorted(os.listdir(root)):
            folder = os.path.join(root, namespace)
            if os.path.isdir(folder):
                for name in sorted(os.listdir(folder)):
                    yield namespace, name

    def spellings(self):
        """Every document of a server, as (path behind /v0.1/servers/, spellings that stand in it, file)."""
        for namespace, name in self.names():
            folder = f"v0.1/servers/{namespace}/{name}/versions"
            for version in ["", *sorted(os.listdir(os.path.join(self.site, folder)))]:
                if version == "index.json":
                    continue
                file = os.path.join(folder, version, "index.json")
                tail = f"/{version}" if version else ""
                for slash in SLASHES:
                    for plus in ("+", "%2B", "%2b") if "+" in version else ("",):
                        spelled = tail.replace("+", plus) if plus else tail
                        yield f"{namespace}{slash}{name}/versions{spelled}", (slash, plus), file, version

    def chosen(self):
        """The spellings that are asked for: of a large registry at a slow host one in turn of those that are found,
        some that are not, and every plus."""
        every = not self.promise.slow or sum(1 for _ in self.names()) < 100
        found = [slash for slash in SLASHES if slash not in self.promise.lost]
        turn, last = 0, None
        for row in self.spellings():
            _, (slash, plus), file, _ = row
            turn += file != last
            last = file
            if every or plus or slash == found[turn % len(found)] or slash not in found and turn % 20 == 0:
                yield row

    def servers(self, start):
        for path, spelled, file, version in self.chosen():
            url = f"{start}/v0.1/servers/{path}"
            if any(part in self.promise.lost for part in spelled):
                self.missing(url)
                continue
            self.document(url, file)
            if version == "latest":
                self.missing(f"{url}-no-such-version")
                self.old(f"{start}/v0/servers/{path}", file)
        for unknown in ("no.such%2Fserver/versions/latest", "no.such/server/versions"):
            self.missing(f"{start}/v0/servers/{unknown}")
        for unknown in ("no.such%2Fserver", "no.such/server", "x"):
            self.missing(f"{start}/v0.1/servers/{unknown}/versions/latest")
            self.missing(f"{start}/v0.1/servers/{unknown}/versions")

    def old(self, url, file):
        """A lookup below /v0, as mcp-lookup sends it: found by a rewrite or as a copy, and at a host without either not."""
        if self.promise.rewrites or os.path.exists(os.path.join(self.site, "v0" + file.removeprefix("v0.1"))):
            self.document(url, file)
        else:
            self.missing(url)

    def lists(self, start):
        for api in ("v0.1", "v0"):
            for name in ("servers", "health", "ping", "version"):
                self.document(f"{start}/{api}/{name}", f"v0.1/{name}/index.json")
                if self.promise.slash and api == "v0.1":
                    self.document(f"{start}/{api}/{name}/", f"v0.1/{name}/index.json")
        self.missing(f"{start}/v0.1/nothing")
        if self.promise.own:
            self.missing(f"{start}/v0.1")
        if self.promise.queries == "program":
            return
        queries = ["foo=1", "search=tide", "limit=50&version=latest&search=tide", "limit=0", "limit=101", "limit=x",
                   "updated_since=2026-01-01T00:00:00Z", "version=1.0.0", "include_deleted=true&limit=5"]
        if self.promise.queries == "ignored":
            queries += ["limit=1", "limit=50&version=latest", "cursor=../../x&limit=10"]
        else:
            self.missing(f"{start}/v0.1/servers?cursor=../../x&limit=10")
            self.missing(f"{start}/v0.1/servers?cursor=no.such/server:1.0.0")
        for query in queries:
            self.document(f"{start}/v0.1/servers?{query}", "v0.1/servers/index.json")

    def pages(self, start):
        """Every limit leads through the whole list, whatever the cursor's spelling."""
        whole = json.loads(self.read("v0.1/servers/index.json"))["servers"]
        for api, limit, extra, raw in (("v0.1", 1, "", True), ("v0.1", 5, "&version=latest", False), ("v0.1", 10, "", False),
                                       ("v0.1", 29, "&version=latest", True), ("v0.1", 30, "", False), ("v0", 50, "&version=latest", True),
                                       ("v0.1", 100, "", False), ("v0.1", None, "&version=latest", True),
                                       ("v0.1", 10, "&include_deleted=false", False)):
            seen, cursor = [], None
            while True:
                words = ([f"limit={limit}"] if limit else []) + ([] if cursor is None else ["cursor=" + (cursor if raw else urllib.parse.quote(cursor, safe=""))])
                query = ("&".join(words) + extra).lstrip("&")
                answer = self.visit(f"{start}/{api}/servers?{query}", (), 0)
                assert answer.status == 200 and media(answer) == JSON, f"{query}: {answer.status} {answer.headers}"
                page = json.loads(answer.body)
                assert len(page["servers"]) <= (limit or 30) and page["metadata"]["count"] == len(page["servers"]), query
                seen += page["servers"]
                cursor = page["metadata"].get("nextCursor")
                if not cursor:
                    break
                assert len(seen) <= len(whole), f"{query}: it never ends"
            assert seen == whole, f"limit {limit}: {len(seen)} of {len(whole)}"
        # A limit that changes on the way still meets every server once.
        first = json.loads(self.web.ask(f"{start}/v0.1/servers?limit=1").body)
        rest = json.loads(self.web.ask(f"{start}/v0.1/servers?limit=100&cursor={first['metadata']['nextCursor']}").body)
        assert rest["servers"][0] == whole[1]

    def others(self, start):
        """Wrong links, preflights, settings that nobody is sent, and the catalog if there is one."""
        promise = self.promise
        for path in ("/openapi.yaml", "/404.json"):
            assert self.visit(start + path, (), 0).status == 200, path
        wrong = self.visit(f"{start}/nothing/here", (), 0)
        assert wrong.status == 404 and wrong.body == self.read("404.html") and media(wrong) == HTML, wrong
        assert self.web.ask(f"{start}/v0.1/servers/x/versions", "OPTIONS").status == promise.preflight
        for file in promise.private:
            assert self.web.ask(f"{start}/{file}").status == 404, file
        kinds = {"application/yaml": "/openapi.yaml", "application/atom+xml": "/feed.xml", "text/plain": "/robots.txt"}
        for kind, path in kinds.items():
            if not os.path.exists(self.site + path):
                continue
            answer = self.web.ask(start + path)
            also = {"text/xml"} if promise.loose else set()
            assert answer.body == self.read(path[1:]) and media(answer) in {kind, *also}, f"{path}: {media(answer)}"
        if os.path.exists(os.path.join(self.site, "browse")):
            self.catalog(start)

    def catalog(self, start):
        """Pages, which redirect to their slash, and assets, which never change."""
        promise = self.promise
        for path in ("/", "/browse/"):
            assert self.visit(start + path, (), 0).status == 200, path
        page = "servers/{}/{}".format(*next(self.names()))
        hops = self.web.follow(f"{start}/{page}")
        assert tuple(hop.status for hop in hops) == (*promise.page, 200), hops[0].status
        if promise.own:
            assert hops[0].headers["location"].endswith(f"{self.prefix}/{page}/"), hops[0].headers
        kinds = promise.kinds if promise.loose else (HTML,)
        assert hops[-1].body == self.read(f"{page}/index.html") and media(hops[-1]) in kinds, media(hops[-1])
        kinds = {"css": {"text/css"}, "js": SCRIPT, "svg": {"image/svg+xml"}, "json": {JSON}}
        for file in os.listdir(os.path.join(self.site, "assets")):
            if file.count(".") == 2:
                asset = self.visit(f"{start}/assets/{file}", (), 0)
                assert "immutable" in asset.headers["cache-control"], f"{file}: {asset.headers['cache-control']}"
                assert media(asset) in kinds[file.split(".")[-1]], f"{file}: {media(asset)}"
