"""The few routes of a forge's API that the report uses, over a JSON file: forge.py STATE PORT-FILE.

The state holds `head`, `comments`, `labels` and `readonly`; a request without the token is refused.
"""
import http.server
import json
import re
import sys
from urllib.parse import unquote, urlsplit

STATE, PORT = sys.argv[1:]
ROOT = "/repos/acme/registry/"


class Forge(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body=None):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def handle_any(self):
        size = int(self.headers.get("Content-Length", 0))
        sent = json.loads(self.rfile.read(size)) if size else None
        path = urlsplit(self.path).path.removeprefix(ROOT)
        with open(STATE, encoding="utf-8") as file:
            state = json.load(file)
        if self.headers.get("Authorization") != "Bearer s3cret":
            return self.answer(401, {"message": "Requires authentication"})
        if self.command != "GET" and state.get("readonly"):
            return self.answer(403, {"message": "Resource not accessible by integration"})
        found = self.route(state, path, sent)
        with open(STATE, "w", encoding="utf-8") as file:
            json.dump(state, file)
        return self.answer(200 if found is not None else 404, found)

    def route(self, state, path, sent):
        comments, labels = state["comments"], state["labels"]
        match self.command, path:
            case "GET", "pulls/7":
                return {"head": {"sha": state["head"]}}
            case "GET", "issues/7/comments":
                return comments
            case "POST", "issues/7/comments":
                comments.append({"id": len(comments) + 1, "user": {"type": "Bot"}, "body": sent["body"]})
                return comments[-1]
            case "GET", "issues/7/labels":
                return [{"name": name} for name in labels]
            case "POST", "issues/7/labels":
                labels.extend(sent["labels"])
                return labels
            case "PATCH", _ if found := re.fullmatch(r"issues/comments/(\d+)", path):
                comments[int(found[1]) - 1]["body"] = sent["body"]
                return comments
            case "DELETE", _ if found := re.fullmatch(r"issues/7/labels/(.+)", path):
                labels.remove(unquote(found[1]))
                return labels
        return None

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forge)
with open(PORT, "w", encoding="utf-8") as file:
    file.write(str(server.server_port))
server.serve_forever()
