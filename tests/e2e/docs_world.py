"""The world in which docs.py runs commands: scenes, a forge, a registry behind every https address, and DNS."""
import base64
import fcntl
import os
import pathlib
import re
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
# Hosts whose registry is not at the root.
PATHS = {"you.github.io": "/your-registry", "group.gitlab.io": "/registry"}
# Repositories that a scene finds empty on the forge.
EMPTY = {"company": "acme/mcp-registry", "public": "acme/registry"}
# Every scene, and what is in its folder.
SCENES = {
    "empty": "nothing",
    "web": "nothing; the commands reach registries by https",
    "company": "nothing; the forge has an empty repository acme/mcp-registry",
    "public": "nothing; the forge has an empty repository acme/registry",
    "publisher": "nothing; the forge has the registry acme/registry, and ~/weather/server.json is com.example/weather 1.0.0",
    "registry": "a clone of acme/registry with com.example/weather 1.0.0 and 1.1.0, both signed; ~/weather/server.json is 2.0.0",
    "explain": "the same on a branch my-change, with a key, server.json and whatever a page may need",
    "source": "a clone of this repository's files",
    "release": "the same with target/dist/mcp-static",
}


def entry(folder, name, version, about="The weather of any place"):
    """Writes an entry into a data folder."""
    path = folder / "servers" / name / version / "server.json"
    path.parent.mkdir(parents=True)
    document(path, name, version, about)


def document(path, name, version, about):
    """Writes a document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{{\n  "$schema": "{SCHEMA}",\n  "name": "{name}",\n  "description": "{about}",\n  "version": "{version}"\n}}\n')


class World:
    """A folder with a home, a forge and the current scene, and the servers that stand for the outside."""

    def __init__(self, root, tool, top):
        self.root, self.tool, self.top = root, tool, top
        self.home, self.forge, self.scene = root / "home", root / "forge", root / "scene"
        self.jobs, self.certificates = [], {}

    def __enter__(self):
        if os.environ.get("DOCS_ISOLATED"):
            loopback_up()
        for folder in (self.home, self.forge, self.scene, self.root / "bin", self.root / "tls"):
            folder.mkdir()
        shutil.copy(self.tool, self.root / "bin/mcp-static")
        self.git_settings(self.home)
        self.dns = listen(self.answer_dns, socket.SOCK_DGRAM)
        self.proxy = listen(self.connect, socket.SOCK_STREAM)
        self.authority()
        self.upstream()
        self.registry()
        return self

    def __exit__(self, *_):
        for job in self.jobs:
            job.kill()
            job.wait()

    def environment(self):
        """The environment of every command: no credentials, no event of a forge, nothing outside."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        real = pathlib.Path(os.environ.get("HOME", "/"))
        ca = str(self.root / "tls/ca.pem")
        return kept | {
            "PATH": f"{self.root / 'bin'}:{kept['PATH']}", "HOME": str(self.home), "GIT_CONFIG_NOSYSTEM": "1",
            "HTTPS_PROXY": f"http://127.0.0.1:{self.proxy}", "NO_PROXY": "127.0.0.1,localhost",
            "SSL_CERT_FILE": ca, "CURL_CA_BUNDLE": ca, "GIT_EDITOR": "true",
            "CARGO_HOME": os.environ.get("CARGO_HOME", str(real / ".cargo")),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(real / ".rustup")),
        }

    def call(self, *command, cwd):
        """Runs a command of the preparation, which has to succeed."""
        done = subprocess.run(command, cwd=cwd, env=self.environment(), capture_output=True, text=True)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def git_settings(self, home):
        (home / ".gitconfig").write_text(
            "[user]\n\tname = Alice\n\temail = alice@example.com\n[init]\n\tdefaultBranch = main\n[safe]\n\tdirectory = *\n"
            f'[url "file://{self.forge}/"]\n\tinsteadOf = https://github.com/\n[advice]\n\tdetachedHead = false\n')

    # Scenes

    def make(self, scene):
        """Makes a scene and returns the folder in which its commands run."""
        assert scene in SCENES, f"there is no scene {scene!r}"
        for folder in (self.scene, self.home, self.forge):
            shutil.rmtree(folder)
            folder.mkdir()
        self.git_settings(self.home)
        work = self.scene / "work"
        if scene in ("registry", "explain", "publisher"):
            shutil.copytree(self.root / "kept/forge", self.forge, dirs_exist_ok=True)
            version = "1.0.0" if scene == "publisher" else "2.0.0"
            document(self.home / "weather/server.json", "com.example/weather", version, "The weather of any place")
        if scene in ("registry", "explain"):
            self.call("git", "clone", "-q", "https://github.com/acme/registry", str(work), cwd=self.scene)
            self.call("git", "remote", "set-head", "origin", "main", cwd=work)
        else:
            work.mkdir()
        if scene == "publisher":
            self.call("git", "update-ref", "refs/heads/main", self.founded, cwd=self.forge / "acme/registry")
        if scene in EMPTY:
            self.call("git", "init", "-q", "--bare", str(self.forge / EMPTY[scene]), cwd=self.scene)
        if scene == "explain":
            self.explain(work)
        if scene in ("source", "release"):
            for path in self.call("git", "ls-files", "-z", cwd=self.top).split("\0"):
                if path and (self.top / path).is_file():
                    (work / path).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(self.top / path, work / path)
            self.commit(work, "feat: everything")
        if scene == "release":
            (work / "target/dist").mkdir(parents=True)
            shutil.copy(self.tool, work / "target/dist/mcp-static")
        return work

    def commit(self, work, message):
        if not (work / ".git").exists():
            self.call("git", "init", "-q", "-b", "main", cwd=work)
        self.call("git", "add", "-A", cwd=work)
        self.call("git", "commit", "-q", "-m", message, cwd=work)

    def sign(self, work, *what):
        self.call("mcp-static", "sign", *what, cwd=work)

    def registry(self):
        """The forge's acme/registry: a public registry with two signed versions of a server."""
        bare, work = self.forge / "acme/registry", self.root / "kept/work"
        work.mkdir(parents=True)
        self.call("git", "init", "-q", "--bare", str(bare), cwd=self.root)
        data = work / "registry-data"
        data.mkdir()
        (data / "registry.toml").write_text(
            '[registry]\nid = "https://registry.example.org"\nbase_url = "https://registry.example.org"\nvisibility = "public"\n\n'
            '[ownership]\ntrust = "proof"\n\n'
            f'[ownership.dns] # the resolver of this test\nresolvers = ["127.0.0.1:{self.dns}"]\nquorum = 1\n')
        entry(data, "org.example/maps", "1.0.0", "Maps of any place")
        self.commit(work, "Set up the registry")
        self.founded = self.call("git", "rev-parse", "HEAD", cwd=work).strip()
        self.call("mcp-static", "sign", "key", "new", "--domain", "example.com", cwd=work)
        for version in ("1.0.0", "1.1.0"):
            entry(data, "com.example/weather", version)
            self.sign(work, "entry", f"com.example/weather@{version}")
            self.commit(work, f"Add com.example/weather {version}")
        self.call("git", "push", "-q", str(bare), "main", "main:refs/mcp-static/deployed", cwd=work)
        self.call("git", "-c", "tag.gpgSign=false", "tag", "-a", "-m", "run 1", "good", cwd=work)
        self.call("git", "push", "-q", str(bare), "good:refs/mcp-static/good", cwd=work)
        shutil.copytree(self.forge, self.root / "kept/forge")
        shutil.copytree(self.home / ".config", self.root / "kept/config")

    def explain(self, work):
        """What the commands of explain pages expect: a change under way, a key, a document, a built site."""
        shutil.copytree(self.root / "kept/config", self.home / ".config")
        self.call("git", "switch", "-q", "-c", "my-change", cwd=work)
        data = work / "registry-data"
        entry(data, "com.example/weather", "1.2.0")
        self.sign(work, "entry", "com.example/weather@1.2.0")
        self.commit(work, "Add com.example/weather 1.2.0")
        self.call("git", "push", "-q", "-u", "origin", "HEAD", cwd=work)
        document(work / "server.json", "com.example/weather", "2.0.0", "The weather of any place")

    # The outside

    def upstream(self):
        """The registry that answers at every https address."""
        data = self.root / "upstream/registry-data"
        for name, version in (("com.example/weather", "1.0.0"), ("com.example/tides", "1.0.0"), ("org.example/maps", "1.2.0")):
            entry(data, name, version, "As another registry has it")
            (data / "servers" / name / version / "origin.json").write_text('{"publishedAt": "2026-01-01T00:00:00Z"}\n')
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.upstream_port = free.getsockname()[1]
        self.jobs.append(subprocess.Popen(
            [self.root / "bin/mcp-static", "serve", "--addr", f"127.0.0.1:{self.upstream_port}", "--allow-host", "*", "--no-reload", "-q"],
            cwd=data.parent, env=self.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL))
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.upstream_port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("the registry upstream did not start")

    def authority(self):
        """A certificate authority that the commands trust."""
        tls = self.root / "tls"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=docs", "-keyout", "ca.key", "-out", "ca.pem"], cwd=tls, check=True, capture_output=True)
        subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=host", "-keyout", "host.key", "-out", "host.csr"], cwd=tls, check=True, capture_output=True)
        self.lock = threading.Lock()

    def certificate(self, host):
        """The TLS settings of one host."""
        with self.lock:
            if host not in self.certificates:
                tls = self.root / "tls"
                (tls / f"{host}.ext").write_text(f"subjectAltName=DNS:{host}\nextendedKeyUsage=serverAuth\n")
                subprocess.run(["openssl", "x509", "-req", "-in", "host.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2",
                                "-extfile", f"{host}.ext", "-out", f"{host}.pem"], cwd=tls, check=True, capture_output=True)
                settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                settings.load_cert_chain(tls / f"{host}.pem", tls / "host.key")
                self.certificates[host] = settings
            return self.certificates[host]

    def connect(self, client):
        """A proxy: whatever host is asked for, the registry upstream answers with that host's certificate."""
        head = b""
        while b"\r\n\r\n" not in head:
            more = client.recv(4096)
            if not more:
                return
            head += more
        host = head.split()[1].decode().rsplit(":", 1)[0]
        client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        with self.certificate(host).wrap_socket(client, server_side=True) as inside:
            with socket.create_connection(("127.0.0.1", self.upstream_port)) as registry:
                back = threading.Thread(target=copy, args=(registry, inside), daemon=True)
                back.start()
                path = PATHS.get(host, "").encode()
                copy(inside, registry, lambda request: re.sub(rb"^([A-Z]+) " + path + rb"(?=[/? ])", rb"\1 ", request))
                back.join()

    def answer_dns(self, query, address, server):
        """Answers a TXT question with every key that a proof of the scene names, as if all of them were published."""
        end = 12
        while query[end]:
            end += query[end] + 1
        end += 5
        wants_text = struct.unpack(">H", query[end - 4:end - 2])[0] == 16
        records = sorted({record(path) for path in self.scene.rglob("*proof.json")} - {None}) if wants_text else []
        name = struct.pack(">HHHIH", 0xC00C, 16, 1, 60, 0)[:-2]
        answers = b"".join(name + struct.pack(">HB", len(text) + 1, len(text)) + text.encode() for text in records)
        flags = 0x8180 if records else 0x8183
        server.sendto(query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + query[12:end] + answers, address)


def record(path):
    """The DNS record of the key in a proof file."""
    text = path.read_text(errors="replace")
    value = {key: text.split(f'"{key}": "', 1)[-1].split('"', 1)[0] for key in ("alg", "key")}
    try:
        base64.b64decode(value["key"], validate=True)
    except ValueError:
        return None
    return f"v=MCPv1; k={value['alg']}; p={value['key']}"


def copy(source, target, change=bytes):
    """Copies bytes until one side ends; each part is changed on the way."""
    try:
        while data := source.recv(65536):
            target.sendall(change(data))
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def listen(handle, kind):
    """Handles each message or connection on a free port of this machine, which is returned."""
    server = socket.socket(socket.AF_INET, kind)
    server.bind(("127.0.0.1", 0))

    def quietly(*arguments):
        try:
            handle(*arguments)
        except (OSError, ssl.SSLError):
            pass  # a client that went away

    def messages():
        while True:
            quietly(*server.recvfrom(4096), server)

    def connections():
        server.listen(64)
        while True:
            threading.Thread(target=quietly, args=(server.accept()[0],), daemon=True).start()

    if kind == socket.SOCK_STREAM:
        server.listen(64)
    threading.Thread(target=messages if kind == socket.SOCK_DGRAM else connections, daemon=True).start()
    return server.getsockname()[1]


def loopback_up():
    """Turns on the loopback interface of a new network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        request = struct.pack("16sH14x", b"lo", 1 | 64)  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(handle, 0x8914, request)  # SIOCSIFFLAGS
