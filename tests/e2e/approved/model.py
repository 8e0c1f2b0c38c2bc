#!/usr/bin/env python3
"""A language model with one answer, in the form of chat completions: enough for a client to start.

    model.py PORT
"""
import http.server
import json
import sys

ABOUT = {"id": "x", "created": 1, "model": "m"}
USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
SAID = {"role": "assistant", "content": "ok"}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, kind, body):
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer("application/json", b'{"data": []}')

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        if not asked.get("stream"):
            choice = {"index": 0, "message": SAID, "finish_reason": "stop"}
            body = {**ABOUT, "object": "chat.completion", "choices": [choice], "usage": USAGE}
            return self.answer("application/json", json.dumps(body).encode())
        parts = [
            {"choices": [{"index": 0, "delta": SAID, "finish_reason": None}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": USAGE},
        ]
        lines = [json.dumps({**ABOUT, "object": "chat.completion.chunk", **part}) for part in parts]
        body = "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"])
        return self.answer("text/event-stream", body.encode())


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
