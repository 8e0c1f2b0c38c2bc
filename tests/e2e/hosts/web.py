"""A client that keeps its connection, follows redirects only when told, and shows every hop."""
import http.client
import urllib.parse
from collections import namedtuple

# `headers` has lower-case names; a header that came twice has both values, joined by " AND ".
Answer = namedtuple("Answer", "status headers body path")
ORIGIN = {"Origin": "vscode-file://vscode-app"}
MOST_HOPS = 5


class Web:
    """A server on this machine."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.url, self.asked = url, 0
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)

    def ask(self, path, method="GET"):
        """The answer to one request; a connection that the server closed meanwhile is opened again."""
        self.asked += 1
        for attempt in (1, 2):
            try:
                self.connection.request(method, path, headers=ORIGIN)
                answer = self.connection.getresponse()
                body = answer.read()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                self.connection.close()
                if attempt == 2:
                    raise
        headers = {}
        for name, value in answer.getheaders():
            name = name.lower()
            headers[name] = f"{headers[name]} AND {value}" if name in headers else value
        return Answer(answer.status, headers, body, path)

    def follow(self, path):
        """Every answer on the way, the last one without a place to go."""
        hops = [self.ask(path)]
        while place(hops[-1]):
            assert len(hops) <= MOST_HOPS, f"{path} redirects without end"
            hops.append(self.ask(place(hops[-1])))
        return hops


def place(answer):
    """Where a redirect leads, as a path on the same server; None when it is no redirect."""
    if answer.status // 100 != 3 or "location" not in answer.headers:
        return None
    to = urllib.parse.urlsplit(urllib.parse.urljoin("http://same" + answer.path, answer.headers["location"]))
    return to.path + (f"?{to.query}" if to.query else "")


def media(answer):
    """The content type without parameters."""
    return answer.headers.get("content-type", "").split(";")[0].strip().lower()
