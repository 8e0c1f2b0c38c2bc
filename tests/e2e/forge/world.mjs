// What the stories share: a work folder, a certificate, the live site behind a real nginx, the tool, git.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Forge } from "./server.mjs";

// Started by root, nginx would read the files as somebody else.
const USER = process.getuid() === 0 ? "user root; " : "";

/** Ends the test when something is not as it has to be. */
export function must(fine, what, ...more) {
  if (fine) return;
  console.error(`e2e: ${what}`);
  for (const text of more) console.error(typeof text === "string" ? text : JSON.stringify(text, null, 1));
  process.exit(1);
}

export async function freePort() {
  const server = net.createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

export async function makeWorld(tool) {
  const work = mkdtempSync(join(tmpdir(), "mcp-static-forge-"));
  const forge = await new Forge(join(work, "forge")).start();
  const world = new World(work, resolve(tool), forge);
  await world.certify();
  return world;
}

class World {
  constructor(work, tool, forge) {
    Object.assign(this, { work, tool, forge, children: [] });
    this.bin = join(work, "bin");
    mkdirSync(this.bin);
    execFileSync("ln", ["-s", this.tool, join(this.bin, "mcp-static")]);
    process.on("exit", () => this.end());
  }

  /** A certificate for localhost from an authority that the jobs trust. */
  async certify() {
    const at = (name) => join(this.work, name);
    const openssl = (...args) => execFileSync("openssl", args, { stdio: "pipe" });
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test authority", "-keyout", at("ca.key"), "-out", at("ca.pem"));
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-keyout", at("site.key"), "-out", at("site.csr"));
    writeFileSync(at("ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n");
    openssl("x509", "-req", "-in", at("site.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", at("ext"), "-out", at("site.pem"));
    this.ports = { tls: await freePort(), live: await freePort() };
    this.site = `https://localhost:${this.ports.tls}`;
    // Jobs see this much of the computer's environment and no more.
    this.env = { SSL_CERT_FILE: at("ca.pem"), CURL_CA_BUNDLE: at("ca.pem"), GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "A", GIT_AUTHOR_EMAIL: "a@example.com", GIT_COMMITTER_NAME: "A", GIT_COMMITTER_EMAIL: "a@example.com" };
    this.files = at("files");
    mkdirSync(this.files);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${at(`nginx-${name}`)};`).join(" ");
    this.temporary = temporary;
    writeFileSync(at("tls.conf"), `${USER}daemon off; pid ${at("tls.pid")}; error_log stderr; events {} http { access_log off; ${temporary}
      server { listen 127.0.0.1:${this.ports.tls} ssl; ssl_certificate ${at("site.pem")}; ssl_certificate_key ${at("site.key")};
        location /files/ { alias ${this.files}/; }
        location / { proxy_pass http://127.0.0.1:${this.ports.live}; proxy_set_header Host $http_host; } } }`);
    this.spawn("nginx", ["-e", "stderr", "-c", at("tls.conf")]);
    await this.answers(this.ports.tls);
  }

  spawn(command, args) {
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    child.said = "";
    child.stderr.on("data", (text) => (child.said += text));
    this.children.push(child);
    return child;
  }

  async answers(port) {
    for (let turn = 0; turn < 200; turn++) {
      const up = await new Promise((done) => {
        const socket = net.connect(port, "127.0.0.1", () => { socket.destroy(); done(true); });
        socket.on("error", () => done(false));
      });
      if (up) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    must(false, `nobody listens on port ${port}`, this.children.map((child) => child.said));
  }

  /** Serves a site that was built for nginx with a real nginx, in the place of the one before. */
  async nginx(folder) {
    const conf = readFileSync(join(folder, "nginx.conf"), "utf8");
    const exposed = /listen (\d+);/.exec(conf)[1];
    const server = conf.replace(`listen ${exposed};`, `listen 127.0.0.1:${this.ports.live};`).replace(`listen [::]:${exposed};`, "").replaceAll("/usr/share/nginx/html", folder);
    writeFileSync(join(this.work, "server.conf"), server);
    writeFileSync(join(this.work, "live.conf"), `${USER}daemon off; pid ${this.work}/live.pid; error_log stderr; events {} http { access_log off; ${this.temporary.replaceAll("nginx-", "live-")} include ${this.work}/server.conf; }`);
    await this.live("nginx", ["-e", "stderr", "-c", join(this.work, "live.conf")]);
  }

  /** Serves a site as a host would, in the place of the one before. */
  async as(host, folder) {
    await this.live(this.tool, ["serve", "--as", host, "--site", folder, "--addr", `127.0.0.1:${this.ports.live}`, "--allow-host", `localhost:${this.ports.tls}`, "--allow-host", "localhost"]);
  }

  async live(command, args) {
    await this.stopLive();
    this.liveProcess = this.spawn(command, args);
    await this.answers(this.ports.live);
  }

  async stopLive() {
    const old = this.liveProcess;
    if (!old || old.exitCode !== null) return;
    await new Promise((done) => { old.on("exit", done); old.kill(); });
  }

  /** Runs a command; returns { status, out }. */
  run(folder, command, ...args) {
    const ended = spawnSync(command, args, { cwd: folder, encoding: "utf8", env: { PATH: `${this.bin}:${process.env.PATH}`, HOME: this.work, ...this.env } });
    return { status: ended.status, out: ended.stdout + ended.stderr };
  }

  /** Runs a command that has to succeed; returns what it said. */
  fine(folder, command, ...args) {
    const { status, out } = this.run(folder, command, ...args);
    must(status === 0, `${command} ${args.join(" ")} ended with ${status}`, out);
    return out.trim();
  }

  end() {
    this.children.forEach((child) => child.kill("SIGKILL"));
    this.forge.stop();
    rmSync(this.work, { recursive: true, force: true });
  }
}
