"""`serve --as HOST` beside the real server: the same answer on every hop, whatever is asked."""
import re

from web import Web, place

# No dots: what a client or a proxy resolves before it asks is not resolved by the imitation.
SHAPES = """
/v0.1/servers  /v0.1/servers/  /v0/servers  /v0/servers/  /v0.1/ping  /v0.1/ping/  /v0/health  /v0.1  /v0.1/  /v0.1/nothing  /v0/nothing
/v0.1/servers/index.json  /v0.1/servers/index.html  /v0.1//servers /v0.1/servers?limit=1  /v0.1/servers?limit=50&version=latest
/v0.1/servers?limit=101  /v0.1/servers?cursor=no.such/server:1.0.0  /v0.1/servers?foo=1
/v0.1/servers/{1}/versions  /v0.1/servers/{1}/versions/  /v0.1/servers/{2}/versions  /v0.1/servers/{3}/versions  /v0.1/servers/{3}/versions/
/v0.1/servers/{1}/versions/latest  /v0.1/servers/{2}/versions/latest  /v0.1/servers/{3}/versions/latest  /v0.1/servers/{3}/versions/latest/
/v0.1/servers/{1}/versions/{v}  /v0.1/servers/{2}/versions/{v}  /v0.1/servers/{3}/versions/{v}  /v0.1/servers/{1}/versions/{v}/
/v0.1/servers/{1}/versions/{v}?a=b  /v0.1/servers/{1}/versions/{v}-none  /v0.1/servers/{3}/versions/{v}-none  /v0.1/servers/{1}  /v0.1/servers/{3}
/v0.1/servers/no.such%2Fserver/versions/latest  /v0.1/servers/no.such/server/versions  /v0.1/servers/x/versions  /v0.1/servers/x/versions/
/v0.1/servers/{4}/versions/latest
/v0/servers/{1}/versions  /v0/servers/{1}/versions/latest  /v0/servers/{2}/versions/{v}  /v0/servers/{3}/versions/{v}
/v0/servers/{3}/versions/  /v0/servers/{4}/versions/latest  /v0/servers/{1}/versions/{v}-none  /v0/servers/no.such/server/versions
/  /index.html  /browse  /browse/  /browse/index.html  /servers/{3}  /servers/{3}/  /servers/{3}?a=b  /servers/{1}  /servers/{3}/index.html  /servers
/nothing  /nothing/here  /nothing/here/  /openapi.yaml  /feed.xml  /robots.txt  /assets  /assets/
/connect  /connect/  /a%20b
"""
COMPARED = ("content-type", "cache-control", "access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers")


def shapes(listed):
    """The requests for some servers and versions."""
    for name, version in listed:
        namespace, last = name.split("/")
        words = {"{1}": f"{namespace}%2F{last}", "{2}": f"{namespace}%2f{last}", "{3}": name, "{4}": f"{namespace}%252F{last}", "{v}": version}
        for shape in SHAPES.split():
            for word, value in words.items():
                shape = shape.replace(word, value)
            yield shape
            if "+" in shape:
                yield shape.replace("+", "%2B")
                yield shape.replace("+", "%2b")


def seen(answer, preflight):
    """What of an answer has to be the same. Nobody reads the body of a redirect."""
    headers = {name: answer.headers.get(name, "").replace(" ", "").lower() for name in COMPARED}
    if answer.status // 100 == 3 or preflight:
        headers.pop("content-type")
    if preflight:
        headers.pop("cache-control")
    body = answer.body if answer.status in (200, 404) and not preflight else b""
    return {"status": answer.status, "location": place(answer), **headers, "body": body}


def compare(host, real, imitation, starts, listed, loose, differs):
    """Asks both, below each of some paths, for some servers with a version. A loose comparison is of the last
    hop's status and body, for a server that is known to differ from what it stands for; `differs` holds for a
    header the two values that may stand side by side."""
    real, imitation, found, asked = Web(real), Web(imitation), [], set()
    paths = [start + path for start in starts for path in shapes(listed)]
    todo = [(path, method) for path in paths for method in ("GET", "OPTIONS") if method == "GET" or "limit" in path]
    while todo:
        path, method = todo.pop()
        # What a loose server finds with a plus or two slashes, production does not.
        if (path, method) in asked or loose and re.search(r"//|\+|%2b", path, re.I):
            continue
        asked.add((path, method))
        if loose:
            a, b = (seen(web.follow(path)[-1], False) if method == "GET" else {} for web in (real, imitation))
            a, b = ({key: one.get(key) for key in (("status", "body") if a.get("status") == 200 else ("status",))} for one in (a, b))
        else:
            a, b = (seen(web.ask(path, method), method == "OPTIONS") for web in (real, imitation))
            if a["location"]:
                todo.append((a["location"], method))
        for key in {**a, **b}:
            if a.get(key) != b.get(key) and differs.get(key) != [a.get(key), b.get(key)]:
                show = [(one[key][:60] if key == "body" else one.get(key)) for one in (a, b)]
                found.append(f"{method} {path}: {key} is {show[0]!r}, and serve --as {host} says {show[1]!r}")
    assert not found, f"{len(found)} differences:\n  " + "\n  ".join(sorted(found))
    return f"{len(asked)} requests answered alike"
