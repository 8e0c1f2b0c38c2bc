"""A host that lets nobody in: login.py MODE PORT-FILE.

401 and 403 answer that, `redirect` leads everything to a page at another address, and `page` answers
everything with a page at the address itself.
"""
import http.server
import sys

MODE, PORT = sys.argv[1:]


class Login(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        page = b"<!doctype html><title>Sign in</title>"
        status = int(MODE) if MODE.isdecimal() else 200
        if MODE == "redirect" and not self.path.startswith("/login"):
            status = 302
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/login")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_OPTIONS = do_GET

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Login)
with open(PORT, "w", encoding="utf-8") as file:
    file.write(str(server.server_port))
server.serve_forever()
