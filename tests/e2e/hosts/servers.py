"""Starts real servers with the configuration that a build emits, as it is emitted but for the port and,
where it names one, the folder."""
import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = "mpm_event authz_core dir mime headers rewrite"
# What wrangler is told, so that it asks nobody outside and starts no debugger, which would keep every file that is
# sent, make each answer slow and after some thousand end the server.
QUIET = {"WRANGLER_SEND_METRICS": "false", "CI": "1", "CLOUDFLARE_CF_FETCH_ENABLED": "false", "VSCODE_INSPECTOR_OPTIONS": "{}"}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def tied():
    """Makes a child end with its parent, however that ends: prctl(PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Server:
    """A process in a group of its own, ended with it."""

    def __init__(self, name, work, command, port, cwd=None, env=None):
        self.url, self.log = f"http://127.0.0.1:{port}", os.path.join(work, f"{name}-{port}.log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, cwd=cwd, env=os.environ | (env or {}), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True, preexec_fn=tied)
        self.name = name

    def __enter__(self):
        for _ in range(1200):
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.url}/robots.txt", timeout=20).close()
                return self
            except urllib.error.HTTPError:
                return self
            except OSError:
                time.sleep(0.1)
        self.__exit__()
        with open(self.log, "rb") as log:
            raise AssertionError(f"{self.name} did not start: {log.read()[-3000:].decode(errors='replace')}")

    def __exit__(self, *_):
        for kind in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, kind)
            except ProcessLookupError:
                break
            try:
                self.process.wait(10)
                break
            except subprocess.TimeoutExpired:
                pass


def adapted(text, *changes):
    """The text with each change made once; what is not there to be changed is an error."""
    for old, new in changes:
        assert old in text, f"the configuration has no {old!r}"
        text = text.replace(old, new)
    return text


def read(*path):
    with open(os.path.join(*path)) as file:
        return file.read()


def write(text, *path):
    with open(os.path.join(*path), "w") as file:
        file.write(text)
    return os.path.join(*path)


def container(site, work):
    """The file system that the Containerfile lays out: its COPY lines, less what .containerignore names."""
    root = os.path.join(work, "container")
    ignored = read(site, ".containerignore").split()
    lines = read(site, "Containerfile").splitlines()
    assert len(lines) <= 20, "the Containerfile has more than 20 lines"
    for line in lines:
        if not line.startswith("COPY "):
            continue
        _, source, target = line.split()
        target = root + target
        if os.path.isdir(os.path.join(site, source)):
            shutil.copytree(os.path.join(site, source), target, dirs_exist_ok=True,
                            ignore=lambda folder, names: [n for n in names if folder.rstrip("/.") == site.rstrip("/") and n in ignored])
        else:
            assert source not in ignored, f"{source} is copied and ignored"
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(os.path.join(site, source), target)
    port = re.search(r"^EXPOSE (\d+)$", "\n".join(lines), re.M)[1]
    return root, port


def nginx(site, work, port):
    """What the container would run: the image's own nginx.conf includes conf.d/ inside of `http`."""
    root, exposed = container(site, work)
    server = adapted(read(root, "etc/nginx/conf.d/default.conf"), (f"listen {exposed};", f"listen 127.0.0.1:{port};"),
                     (f"listen [::]:{exposed};", ""), ("/usr/share/nginx/html", f"{root}/usr/share/nginx/html"))
    server = write(server, work, "nginx-server.conf")
    temporary = " ".join(f"{kind}_temp_path {work}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    text = f"daemon off; pid {work}/nginx.pid; error_log stderr; events {{}} http {{ access_log off; {temporary} include {server}; }}"
    command = ["nginx", "-e", "stderr", "-c", write(text, work, "nginx.conf")]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert tested.returncode == 0 and "[warn]" not in tested.stderr, tested.stderr
    return Server("nginx", work, command, port)


def caddy(site, work, port):
    env = {"REGISTRY_ROOT": site, "REGISTRY_SITE": f"http://127.0.0.1:{port}", "XDG_DATA_HOME": f"{work}/caddy", "XDG_CONFIG_HOME": f"{work}/caddy"}
    return Server("caddy", work, ["caddy", "run", "--config", f"{site}/Caddyfile", "--adapter", "caddyfile"], port, env=env)


def apache(site, work, port):
    registry = write(adapted(read(site, "apache.conf"), ("/srv/registry", site)), work, "registry.conf")
    lines = [f"ServerRoot {work}", "ServerName 127.0.0.1", f"PidFile {work}/apache.pid", f"Listen 127.0.0.1:{port}", "ErrorLog /dev/stderr"]
    lines += [f"LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so" for module in MODULES.split()]
    lines += ["TypesConfig /etc/mime.types"] if os.path.exists("/etc/mime.types") else []
    lines += [f"<VirtualHost 127.0.0.1:{port}>", f"Include {registry}", "</VirtualHost>"]
    return Server("apache", work, ["apache2", "-f", write("\n".join(lines) + "\n", work, "apache.conf"), "-D", "FOREGROUND"], port)


def firebase(site, work, port):
    tool = os.path.join(HERE, "node_modules/.bin/superstatic")
    return Server("superstatic", work, [tool, "--host", "127.0.0.1", "--port", str(port), "--config", "firebase.json", "."], port, cwd=site)


def azure(site, work, port):
    tool = os.path.join(HERE, "node_modules/.bin/swa")
    return Server("swa", work, [tool, "start", ".", "--host", "127.0.0.1", "--port", str(port)], port, cwd=site, env={"HOME": work})


def wrangler(site, work, port, *words):
    tool = os.path.join(HERE, "../node_modules/.bin/wrangler")
    words += ("--ip", "127.0.0.1", "--port", str(port), "--log-level", "error")
    return Server("wrangler", work, [tool, *words], port, cwd=site, env=QUIET | {"WRANGLER_LOG_PATH": f"{work}/wrangler"})


def cloudflare_pages(site, work, port):
    beside = os.path.join(work, "pages")
    os.makedirs(beside, exist_ok=True)
    return wrangler(beside, work, port, "pages", "dev", site, "--compatibility-date", "2025-01-01")


def cloudflare_workers(site, work, port):
    return wrangler(site, work, port, "dev")


STARTS = {
    "nginx": nginx, "caddy": caddy, "apache": apache, "firebase": firebase, "azure-static-web-apps": azure,
    "cloudflare-pages": cloudflare_pages, "cloudflare-workers": cloudflare_workers,
}


def start(host, site, work):
    """The real server of a host, to be used with `with`."""
    own = os.path.join(work, host)
    os.makedirs(own, exist_ok=True)
    return STARTS[host](site, own, free_port())


def imitate(tool, host, work, base):
    """`serve --as`: of the built files where there are some, and of the data, which know the base URL's path."""
    port, site = free_port(), f"{work}/_site/{host}"
    of = ["--site", site] if not base and os.path.isdir(site) else ["--base-url", f"https://registry.example.com{base}"]
    command = [tool, "-q", "--data", f"{work}/registry-data", "serve", "--as", host, *of, "--addr", f"127.0.0.1:{port}", "--no-reload"]
    return Server(f"serve --as {host}".replace(" ", "-"), work, command, port)
