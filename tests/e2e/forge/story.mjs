// The life of one registry on the forge of a world: changes are proposed, judged, merged and published by the
// workflows that `init` wrote.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Runner } from "./runner.mjs";
import { must } from "./world.mjs";

export const ALICE = { login: "alice", id: 1001, type: "User" };

export class Story {
  /** `options`: name of the story, flavour (github or forgejo), the folder of the workflows, the runner's own. */
  constructor(world, { story, repository = "acme/registry", flavour = "github", folder = ".github/workflows", remote, visibility = "private", ...more }) {
    Object.assign(this, { world, story, repository, flavour, folder, visibility });
    this.clone = join(world.work, `${story}-clone`);
    this.origin = world.forge.repository(repository);
    mkdirSync(this.clone);
    this.runner = new Runner({ forge: world.forge, work: world.work, path: `${world.bin}:/usr/bin:/bin`, env: world.env, vars: {}, ...more });
    this.git("init", "--quiet", "-b", "main");
    this.git("remote", "add", "origin", remote ?? `${world.forge.url}/${repository}.git`);
  }

  git(...args) { return this.world.fine(this.clone, "git", ...args); }
  tool(...args) { return this.world.fine(this.clone, "mcp-static", ...args); }
  read(path) { return readFileSync(join(this.clone, path), "utf8"); }
  write(path, text) {
    mkdirSync(join(this.clone, path, ".."), { recursive: true });
    writeFileSync(join(this.clone, path), text);
  }
  stage(text) { console.log(`e2e: ${this.story}: ${text}`); }

  /** Writes a document and adds it with the tool. */
  add(name, version, description = "Says what the weather will be") {
    const file = join(this.world.work, "server.json");
    const url = `https://${name.split("/")[1]}.example.com/mcp`;
    writeFileSync(file, JSON.stringify({ $schema: "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json", name, description, version, remotes: [{ type: "streamable-http", url }] }, null, 2));
    return this.tool("add", file);
  }

  commit(message) {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "-m", message);
    return this.git("rev-parse", "HEAD");
  }

  about() {
    return { id: 10, full_name: this.repository, default_branch: "main", private: this.visibility === "private", visibility: this.visibility, owner: { login: this.repository.split("/")[0], id: 1, type: "Organization" } };
  }

  /** Opens a pull request with what `change` does on a branch, and runs the workflow for it. */
  async propose(number, change, { base = "main", user = ALICE, event = "pull_request", moved, from = this.repository } = {}) {
    this.git("switch", "--quiet", "-C", `change-${number}`, "main");
    change();
    const head = this.commit(`Change ${number}`);
    this.git("push", "--quiet", "--force", this.origin, `HEAD:refs/heads/change-${number}`);
    this.git("switch", "--quiet", "main");
    const pull = this.world.forge.open(this.repository, number, head, `change-${number}`, user, from);
    pull.base = base;
    if (base !== "main") this.world.forge.git(this.repository, "update-ref", `refs/heads/${base}`, this.git("rev-parse", "main"));
    return this.judge(pull, event, moved);
  }

  /** Runs the workflow of pull requests for one. */
  async judge(pull, event = "pull_request", moved = () => {}) {
    const payload = { action: "opened", number: pull.number, pull_request: this.world.forge.pull(pull), repository: this.about(), sender: pull.user };
    const sha = pull.head;
    moved(pull);
    const own = event === "pull_request";
    const run = await this.runner.run(this.read(`${this.folder}/registry.yml`), { name: "registry.yml", event, payload, sha: own ? sha : this.git("rev-parse", "main"),
      ref: own ? `refs/pull/${pull.number}/merge` : "refs/heads/main", repository: this.repository, fork: own && pull.from !== this.repository, flavour: this.flavour });
    return { ...run, pull, head: sha };
  }

  /** Merges a pull request and publishes. */
  async merge({ pull }, inputs) {
    this.git("merge", "--quiet", "--no-ff", "-m", `Merge ${pull.number}`, pull.head);
    pull.merged = this.git("rev-parse", "HEAD");
    return this.publish(inputs);
  }

  /** Pushes main and runs the workflow that publishes. */
  async publish(inputs = {}) {
    this.git("push", "--quiet", this.origin, "main");
    const sha = this.git("rev-parse", "HEAD");
    return this.runner.run(this.read(`${this.folder}/publish.yml`), { name: "publish.yml", event: "push", inputs, sha, repository: this.repository, flavour: this.flavour, payload: { ref: "refs/heads/main", after: sha, repository: this.about() } });
  }

  /** Ends the test when a job did not end as it has to. */
  ends(run, wanted, what) {
    const results = Object.fromEntries(Object.entries(run.jobs).map(([name, job]) => [name, job.result]));
    must(Object.entries(wanted).every(([job, result]) => results[job] === result), `${this.story}: ${what}: ${JSON.stringify(results)}`, run.log, ...Object.values(run.jobs).map((job) => job.summary));
  }

  says(text, words, what) {
    must(text.includes(words), `${this.story}: ${what} does not say "${words}"`, text);
  }

  /** The status of the live site for a path. */
  async live(path) {
    return (await fetch(`http://127.0.0.1:${this.world.ports.live}${path}`, { redirect: "follow" })).status;
  }

  /** The commit that a ref of the registry on the forge leads to, or nothing. */
  ref(name) {
    return this.world.forge.git(this.repository, "for-each-ref", "--format=%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)", `refs/mcp-static/${name}`);
  }

  /** What pull requests of each bad kind meet; `judge` names the job that judges. */
  async bad({ from = 8, judge = "judge", rest = {}, label = true } = {}) {
    const path = "registry-data/servers/com.acme/weather/1.0.0/server.json";
    const refused = { [judge]: "failure", ...rest };
    const comment = (run) => run.pull.comments.at(-1)?.body ?? "";
    let run = await this.propose(from, () => this.write(path, this.read(path).replace("weather will", "sky will")));
    this.ends(run, refused, "an edit of what is published");
    this.says(comment(run), "version-immutable", "the comment");
    run = await this.propose(from + 1, () => this.git("rm", "--quiet", "-r", "registry-data/servers/com.acme"));
    this.ends(run, refused, "a removal");
    run = await this.propose(from + 2, () => this.write("registry-data/servers/com.acme/broken/1.0.0/server.json", "{ not json"));
    this.ends(run, refused, "a document that is no JSON");
    run = await this.propose(from + 3, () => this.write("registry-data/registry.toml", this.read("registry-data/registry.toml").replace(/^name = .*$/m, 'name = "Another"')));
    this.ends(run, { [judge]: "success", ...rest }, "a change of the settings");
    if (label) must(run.pull.labels.includes("needs-maintainer"), "a maintainer is not asked", run.pull.labels, comment(run));
    run = await this.propose(from + 4, () => this.add("com.acme/tides", "1.0.0"), { base: "release" });
    this.ends(run, { [judge]: "failure" }, "another base branch");
    run = await this.propose(from + 5, () => this.add("com.acme/tides", "1.0.0"), { moved: (pull) => {
      pull.head = this.git("rev-parse", "main");
      this.world.forge.git(this.repository, "update-ref", `refs/pull/${from + 5}/head`, pull.head);
    } });
    this.ends(run, { [judge]: "failure" }, "a pull request with newer commits");
    must(run.pull.comments.length === 0, "an old verdict was written", run.pull.comments);
    run = await this.propose(from + 6, () => this.write("registry-data/servers/::error::x.json", "{}"));
    this.ends(run, refused, "a stray file");
    must(!/^::error::x/m.test(run.log), "a file name became a command", run.log);
  }
}
