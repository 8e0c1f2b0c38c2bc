"""What each host lets clients expect, as data: docs/hosts/ and docs/imitate.md in the words of a test."""
from dataclasses import dataclass, replace

JSON, PROBLEM, HTML, UNKNOWN = "application/json", "application/problem+json", "text/html", "application/octet-stream"


@dataclass(frozen=True)
class Promise:
    """A host, or the vendor's own local server of it."""
    # Statuses of redirects on the way to a document, and to what is not there; most of them.
    redirects: tuple = ()
    hops: int = 0
    # The types that a document may have.
    kinds: tuple = (JSON,)
    # Whether our headers are there: on answers and redirects, and on 404.
    headers: bool = True
    headers_on_404: bool = True
    # Type and body of an answer about an unknown name below the API; the body is a file of the plain site.
    missing: tuple = (JSON, "404.json")
    # Spellings that are a 404; and whether all documents are there with a slash at the end.
    lost: tuple = ()
    slash: bool = True
    # What becomes of a query: "ignored", chooses "pages", or is answered by a "program" (edge.sh asks that).
    queries: str = "ignored"
    preflight: int = 405
    # Redirect of a page without its slash.
    page: tuple = (308,)
    # Whether the whole server is configured by us: errors are never kept, the base URL's path is known.
    own: bool = False
    # Whether lookups below /v0 are rewritten; other hosts have copies of a small registry.
    rewrites: bool = False
    # Settings of the host that nobody is sent.
    private: tuple = ()
    # Whether a large registry is asked for each document in one spelling, not in all: where answers are slow.
    slow: bool = False
    # Whether it differs so much from what it stands for that only ends are compared, not ways.
    loose: bool = False
    # Headers that differ: name, what it sends, and what is right.
    differs: tuple = ()
    # Why, a sentence each.
    excuses: tuple = ()


OWN = Promise(missing=(PROBLEM, "404.json"), queries="pages", preflight=204, own=True, rewrites=True)

HOSTS = {
    "nginx": replace(OWN, private=("nginx.conf", "Containerfile", ".containerignore")),
    "caddy": replace(OWN, private=("Caddyfile",)),
    "apache": replace(OWN, private=("apache.conf",)),
    "cloudflare-pages": Promise(
        rewrites=True, queries="program", slash=False, slow=True, private=("_headers", "_redirects", "_worker.js", "_routes.json")),
    "cloudflare-workers": Promise(
        redirects=(307,), hops=2, queries="program", page=(307,), slow=True, private=("_headers", "wrangler.jsonc", "edge/index.js")),
    "firebase": Promise(
        redirects=(301,), hops=1, missing=(JSON, "404.html"), lost=("%2f", "%2b"), preflight=404, page=(301,), slow=True,
        private=("firebase.json",)),
    "azure-static-web-apps": Promise(
        kinds=(HTML,), missing=(HTML, "404.html"), lost=("+", "%2B", "%2b"), page=(), slow=True, private=("staticwebapp.config.json",)),
}

# The vendor's own server of a host, where it is known to answer otherwise than production.
REAL = HOSTS | {
    "cloudflare-pages": replace(HOSTS["cloudflare-pages"], private=(), excuses=(
        "wrangler sends or chokes on the settings in the folder, which a deployment does not upload",)),
    "firebase": replace(HOSTS["firebase"], private=(), differs=(("cache-control", "", "max-age=3600"),), excuses=(
        "superstatic sends firebase.json, which a deployment leaves out (`ignore`)",
        "superstatic sends no Cache-Control of its own; the product sends max-age=3600",
    )),
    "azure-static-web-apps": replace(
        HOSTS["azure-static-web-apps"], loose=True, redirects=(301,), hops=1, kinds=(HTML, UNKNOWN), headers_on_404=False, lost=(),
        preflight=404, page=(301,), excuses=(
            "the SWA CLI warns at its start that it does not match production; that sends a folder's index at once, the CLI redirects to it and drops the query",
            "the CLI tells the type before it finds the index of a folder, and finds none where the path has a dot, as v0.1 has",
            "the CLI sets no headers on errors; `globalHeaders` are documented for each response",
            "the CLI finds paths with a plus, which production does not (static-web-apps#72)",
            "the CLI has a page of its own for folders without an index, and ends itself when a path begins with two slashes",
        )),
}
