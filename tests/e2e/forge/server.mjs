// A forge on this computer: git over HTTP (git's own http-backend) and the API that the steps use, in the
// dialects of GitHub, Forgejo and GitLab. Every request needs a token whose permissions allow it.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import http from "node:http";
import { join } from "node:path";

export class Forge {
  constructor(root) {
    this.root = root;
    this.tokens = new Map(); // token → { permission: "read" | "write" }
    this.changes = new Map(); // number → pull request, with comments and labels
    this.requests = []; // what was asked, for the tests
    this.next = { id: 1, number: 100 };
  }

  async start() {
    this.http = http.createServer((request, response) => this.answer(request, response));
    await new Promise((resolve) => this.http.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.http.address().port}`;
    return this;
  }

  stop() {
    this.http.close();
    this.http.closeAllConnections();
  }

  /** Returns a token with these permissions, such as { contents: "read" }. */
  token(permissions) {
    const token = `tok_${randomBytes(12).toString("hex")}`;
    this.tokens.set(token, permissions);
    return token;
  }

  /** Makes a bare repository; members alone may read it. */
  repository(name) {
    const folder = join(this.root, `${name}.git`);
    execFileSync("git", ["init", "--quiet", "--bare", "-b", "main", folder]);
    return folder;
  }

  git(name, ...args) {
    return execFileSync("git", ["-C", join(this.root, `${name}.git`), ...args], { encoding: "utf8" }).trim();
  }

  /** Opens a pull request for a commit that the repository has. */
  open(repository, number, head, branch, user = { login: "alice", id: 1001, type: "User" }, from = repository) {
    this.git(repository, "update-ref", `refs/pull/${number}/head`, head);
    this.git(repository, "update-ref", `refs/merge-requests/${number}/head`, head);
    const pull = { number, head, branch, user, from, base: "main", repository, title: `Change ${number}`, labels: [], comments: [] };
    this.changes.set(number, pull);
    return pull;
  }

  /** The subject of comments and labels; issues are made on first use. */
  subject(number) {
    if (!this.changes.has(number)) this.changes.set(number, { number, labels: [], comments: [] });
    return this.changes.get(number);
  }

  permissions(request) {
    const header = request.headers.authorization ?? "";
    const basic = /^basic (.+)$/i.exec(header);
    const token = basic ? Buffer.from(basic[1], "base64").toString().split(":")[1] : (/^(?:bearer|token) (.+)$/i.exec(header)?.[1] ?? request.headers["private-token"] ?? "");
    return this.tokens.get(token);
  }

  answer(request, response) {
    const url = new URL(request.url, this.url);
    const permissions = this.permissions(request);
    this.requests.push(`${request.method} ${url.pathname}`);
    if (/\/(info\/refs|git-upload-pack|git-receive-pack)$/.test(url.pathname)) return this.smart(request, response, url, permissions);
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      let reply;
      try {
        reply = this.api(request.method, url, text ? JSON.parse(text) : {}, permissions);
      } catch (e) {
        reply = [500, { message: String(e) }];
      }
      const [status, body] = reply;
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body === undefined ? "" : JSON.stringify(body));
    });
  }

  smart(request, response, url, permissions) {
    const pushes = url.pathname.endsWith("git-receive-pack") || url.searchParams.get("service") === "git-receive-pack";
    const has = permissions?.contents;
    if (!has || (pushes && has !== "write")) {
      response.writeHead(permissions ? 403 : 401, permissions ? {} : { "www-authenticate": "Basic" });
      return response.end("no permission");
    }
    const path = url.pathname.replace(/^(\/[^/]+\/[^/]+?)(\.git)?(\/(?:info|git-))/, "$1.git$3");
    const backend = spawn("git", ["http-backend"], {
      env: {
        PATH: process.env.PATH, GIT_PROJECT_ROOT: this.root, GIT_HTTP_EXPORT_ALL: "1", PATH_INFO: path, REMOTE_USER: "token",
        REQUEST_METHOD: request.method, QUERY_STRING: url.search.slice(1), CONTENT_TYPE: request.headers["content-type"] ?? "",
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "", GIT_PROTOCOL: request.headers["git-protocol"] ?? "",
        GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: "*",
      },
    });
    request.pipe(backend.stdin);
    let head = Buffer.alloc(0), sent = false;
    backend.stdout.on("data", (chunk) => {
      if (sent) return void response.write(chunk);
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const fields = head.subarray(0, end).toString().split("\r\n").map((line) => line.split(/: (.*)/s));
      const status = Number(fields.find(([name]) => name === "Status")?.[1].slice(0, 3) ?? 200);
      response.writeHead(status, Object.fromEntries(fields.filter(([name]) => name !== "Status").map(([name, value]) => [name, value])));
      response.write(head.subarray(end + 4));
      sent = true;
    });
    backend.on("close", () => response.end());
  }

  /** Returns [status, body]. */
  api(method, url, body, permissions) {
    const gitlab = url.pathname.match(/^\/api\/v4\/projects\/([^/]+)\/merge_requests(?:\/(\d+))?(\/.*)?$/);
    if (gitlab) return this.gitlab(method, url, body, permissions, gitlab);
    const found = url.pathname.match(/^(?:\/api\/v[13])?\/repos\/([^/]+\/[^/]+)(\/.*)$/);
    if (!found) return url.pathname.endsWith("/user") ? [200, { login: "bot", id: 41898282, type: "Bot" }] : [404, { message: "Not Found" }];
    if (!permissions) return [401, { message: "Requires authentication" }];
    const [, repository, path] = found;
    const may = (what, how) => permissions[what] === "write" || permissions[what] === how;
    const writes = (number) => may("issues", "write") || (this.changes.get(number)?.head && may("pull-requests", "write"));
    const reads = () => may("issues", "read") || may("pull-requests", "read");
    const refused = [403, { message: "Resource not accessible by integration" }];
    const route = (wanted, pattern) => method === wanted && path.match(pattern);
    const comment = (it) => ({ id: it.id, body: it.body, user: it.user });
    let hit;
    if (route("GET", /^\/pages$/)) return may("pages", "read") ? [this.hasPages ? 200 : 404, {}] : refused;
    if ((hit = route("GET", /^\/pulls\/(\d+)$/))) {
      const pull = this.changes.get(Number(hit[1]));
      if (!may("pull-requests", "read")) return refused;
      return pull?.head ? [200, this.pull(pull)] : [404, { message: "Not Found" }];
    }
    if ((hit = route("GET", /^\/commits\/([0-9a-f]{40})\/pulls$/))) {
      if (!may("pull-requests", "read")) return refused;
      return [200, [...this.changes.values()].filter((pull) => pull.merged === hit[1] || pull.head === hit[1]).map((pull) => this.pull(pull))];
    }
    if ((hit = route("GET", /^\/issues\/(\d+)\/comments$/))) {
      if (!reads()) return refused;
      const size = Number(url.searchParams.get("per_page") ?? url.searchParams.get("limit") ?? 30), page = Number(url.searchParams.get("page") ?? 1);
      return [200, this.subject(Number(hit[1])).comments.slice((page - 1) * size, page * size).map(comment)];
    }
    if ((hit = route("POST", /^\/issues\/(\d+)\/comments$/))) {
      if (!writes(Number(hit[1]))) return refused;
      const added = { id: this.next.id++, body: body.body, user: { login: "github-actions[bot]", id: 41898282, type: "Bot" } };
      this.subject(Number(hit[1])).comments.push(added);
      return [201, comment(added)];
    }
    if ((hit = route("PATCH", /^\/issues\/comments\/(\d+)$/))) {
      for (const subject of this.changes.values()) {
        const it = subject.comments.find((one) => one.id === Number(hit[1]));
        if (it && !writes(subject.number)) return refused;
        if (it) { it.body = body.body; return [200, comment(it)]; }
      }
      return [404, { message: "Not Found" }];
    }
    if ((hit = route("GET", /^\/issues\/(\d+)\/labels$/))) return reads() ? [200, this.subject(Number(hit[1])).labels.map((name, at) => ({ id: at + 1, name }))] : refused;
    if ((hit = route("GET", /^\/labels$/))) return [200, [...this.labelIds()].map(([name, id]) => ({ id, name }))];
    if ((hit = route("POST", /^\/labels$/))) return writes(0) || may("pull-requests", "write") ? [201, { id: this.labelId(body.name), name: body.name }] : refused;
    if ((hit = route("POST", /^\/issues\/(\d+)\/labels$/))) {
      if (!writes(Number(hit[1]))) return refused;
      const subject = this.subject(Number(hit[1]));
      const names = new Map([...this.labelIds()].map(([name, id]) => [id, name]));
      for (const label of body.labels) {
        const name = typeof label === "number" ? names.get(label) : label;
        if (!subject.labels.includes(name)) subject.labels.push(name);
      }
      return [200, subject.labels.map((name) => ({ name }))];
    }
    if ((hit = route("DELETE", /^\/issues\/(\d+)\/labels\/(.+)$/))) {
      if (!writes(Number(hit[1]))) return refused;
      const subject = this.subject(Number(hit[1])), wanted = decodeURIComponent(hit[2]);
      const names = new Map([...this.labelIds()].map(([name, id]) => [String(id), name]));
      subject.labels = subject.labels.filter((name) => name !== wanted && name !== names.get(wanted));
      return [204];
    }
    if (route("GET", /^\/pulls$/)) {
      const branch = (url.searchParams.get("head") ?? "").split(":").at(-1);
      return [200, [...this.changes.values()].filter((pull) => pull.head && !pull.merged && (!branch || pull.branch === branch)).map((pull) => this.pull(pull))];
    }
    if (route("POST", /^\/pulls$/)) {
      if (!may("pull-requests", "write")) return refused;
      if ([...this.changes.values()].some((pull) => pull.branch === body.head && !pull.merged)) return [422, { message: "A pull request already exists" }];
      const number = this.next.number++;
      const pull = this.open(repository, number, this.git(repository, "rev-parse", `refs/heads/${body.head}`), body.head, { login: "github-actions[bot]", id: 41898282, type: "Bot" });
      Object.assign(pull, { title: body.title, body: body.body });
      return [201, this.pull(pull)];
    }
    if ((hit = route("PATCH", /^\/pulls\/(\d+)$/))) {
      if (!may("pull-requests", "write")) return refused;
      const pull = this.changes.get(Number(hit[1]));
      Object.assign(pull, { title: body.title, body: body.body, head: this.git(repository, "rev-parse", `refs/heads/${pull.branch}`) });
      this.git(repository, "update-ref", `refs/pull/${pull.number}/head`, pull.head);
      return [200, this.pull(pull)];
    }
    return [404, { message: `Not Found: ${method} ${path}` }];
  }

  labelIds() {
    return (this.labels ??= new Map());
  }

  labelId(name) {
    if (!this.labelIds().has(name)) this.labelIds().set(name, this.labelIds().size + 1);
    return this.labelIds().get(name);
  }

  gitlab(method, url, body, permissions, [, , digits, path]) {
    if (permissions?.api !== "write") return [401, { message: "401 Unauthorized" }];
    const number = Number(digits), change = this.changes.get(number);
    if (!change) return [404, { message: "404 Not Found" }];
    const note = (it) => ({ id: it.id, body: it.body, system: false, author: { id: 7, username: "project_1_bot" } });
    let hit;
    if (method === "GET" && path === "/notes") return [200, url.searchParams.get("page") > 1 ? [] : change.comments.map(note)];
    if (method === "POST" && path === "/notes") {
      change.comments.push({ id: this.next.id++, body: body.body });
      return [201, note(change.comments.at(-1))];
    }
    if (method === "PUT" && (hit = path?.match(/^\/notes\/(\d+)$/))) {
      const it = change.comments.find((one) => one.id === Number(hit[1]));
      it.body = body.body;
      return [200, note(it)];
    }
    if (method === "PUT" && !path) {
      const words = (text) => (text ?? "").split(",").filter(Boolean);
      change.labels = [...new Set([...change.labels, ...words(body.add_labels)])].filter((label) => !words(body.remove_labels).includes(label));
    }
    return [200, { iid: number, sha: change.head, labels: change.labels, web_url: `${this.url}/-/${number}` }];
  }

  /** The pull request as the API and the payloads of events show it. */
  pull(pull) {
    const people = { alice: 1001, mallory: 666 };
    const repository = (name) => {
      const login = name.split("/")[0];
      return { id: 10 + name.length, full_name: name, private: true, visibility: "private", default_branch: "main", owner: { login, id: people[login] ?? 1, type: people[login] ? "User" : "Organization" } };
    };
    return {
      number: pull.number, title: pull.title, user: pull.user, html_url: `${this.url}/${pull.repository}/pull/${pull.number}`, state: pull.merged ? "closed" : "open",
      merged_at: pull.merged ? "2026-01-01T00:00:00Z" : null, merge_commit_sha: pull.merged ?? null, created_at: "2026-01-01T00:00:00Z",
      head: { sha: pull.head, ref: pull.branch, label: `${pull.from.split("/")[0]}:${pull.branch}`, repo: repository(pull.from) },
      base: { ref: pull.base, sha: this.git(pull.repository, "rev-parse", pull.base), repo: repository(pull.repository) },
    };
  }
}
