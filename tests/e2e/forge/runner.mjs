// Runs a workflow of GitHub Actions or Forgejo on this computer: GitHub's own parser checks it, GitHub's own evaluator
// evaluates its expressions, bash runs its steps, and the few actions of the forge that it uses are done here.
//
// Not done here, and so not shown: the deployment to GitHub Pages (the site is copied to where the test serves it), OpenID
// Connect, attestations, and the forge's isolation of jobs. Tokens do carry the permissions that the job declares.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { filled, holds } from "./expressions.mjs";
import { findings } from "./parser.mjs";

export class Runner {
  /**
   * `world`: { forge, work, path, env, vars, pagesUrl, pages(folder) → url, seed }; `seed` is a folder that every cache
   * has, as after an earlier run.
   */
  constructor(world) {
    Object.assign(this, { vars: {}, env: {}, runs: 0 }, world);
    this.artifacts = new Map(); // run id → name → folder
    this.caches = new Map(); // key → folder
    this.skipped = []; // what this runner cannot do
  }

  /** Runs the workflow file of `text` for an event; returns { jobs, log }. */
  async run(text, { name, event, payload, sha, ref = "refs/heads/main", repository, inputs = {}, fork = false, flavour = "github" }) {
    const wrong = await findings(name, text);
    if (wrong.length) throw new Error(`${name}: ${wrong.join("; ")}`);
    const flow = parse(text);
    const id = String(4700 + this.runs++);
    const run = { id, flow, event, payload, sha, ref, repository, inputs, fork, flavour, jobs: {}, log: "", work: mkdtempSync(join(this.work, `run-${id}-`)) };
    this.artifacts.set(id, new Map());
    writeFileSync(join(run.work, "event.json"), JSON.stringify(payload));
    const open = Object.entries(flow.jobs);
    while (open.length) {
      const at = open.findIndex(([, job]) => [job.needs ?? []].flat().every((need) => run.jobs[need]));
      if (at < 0) throw new Error(`${name}: jobs wait for each other`);
      const [[key, job]] = open.splice(at, 1);
      await this.job(run, key, job);
    }
    return { id, jobs: run.jobs, log: run.log, artifacts: this.artifacts.get(id) };
  }

  contexts(run, extra) {
    const github = {
      event_name: run.event, event: run.payload, ref: run.ref, ref_name: run.ref.replace(/^refs\/(heads|tags)\//, ""), sha: run.sha, repository: run.repository,
      server_url: this.forge.url, api_url: this.api(run), run_id: run.id, run_attempt: "1", actor: "alice", workflow: run.flow.name ?? "", job: extra.key,
      token: extra.token, workspace: extra.workspace, event_path: join(run.work, "event.json"), repository_owner: run.repository.split("/")[0],
      base_ref: run.payload.pull_request?.base?.ref ?? "", head_ref: run.payload.pull_request?.head?.ref ?? "",
    };
    return { github, vars: this.vars, inputs: run.inputs, secrets: {}, runner: { temp: extra.temp, os: "Linux", arch: "X64", tool_cache: extra.temp }, ...extra.contexts };
  }

  api(run) {
    return run.flavour === "forgejo" ? `${this.forge.url}/api/v1` : `${this.forge.url}/api/v3`;
  }

  async job(run, key, job) {
    const needed = [job.needs ?? []].flat();
    const needs = Object.fromEntries(needed.map((need) => [need, { result: run.jobs[need].result, outputs: run.jobs[need].outputs }]));
    const failed = needed.some((need) => run.jobs[need].result !== "success");
    // A fork's own run may only read; on Forgejo the permissions are not declared.
    const declared = run.flavour === "forgejo" ? { contents: "write", issues: "write", "pull-requests": "write" } : (job.permissions ?? run.flow.permissions ?? {});
    const permissions = Object.fromEntries(Object.entries(declared).map(([what, how]) => [what, run.fork ? "read" : how]));
    const token = this.forge.token(permissions);
    const [temp, workspace] = ["temp", "workspace"].map((name) => join(run.work, key, name));
    [temp, workspace].forEach((folder) => mkdirSync(folder, { recursive: true }));
    const base = { key, token, temp, workspace };
    const contexts = this.contexts(run, { ...base, contexts: { needs } });
    if (!holds(job.if, contexts, { failed, cancelled: false })) {
      run.jobs[key] = { result: "skipped", outputs: {}, steps: {}, summary: "" };
      return;
    }
    const state = { ...base, job, path: [], steps: {}, status: { failed: false, cancelled: false }, summary: join(run.work, key, "summary.md"), env: {} };
    writeFileSync(state.summary, "");
    for (const step of job.steps) await this.step(run, state, step, needs);
    for (const [cacheKey, paths] of state.status.failed ? [] : (state.save ?? [])) {
      const folder = mkdtempSync(join(this.work, "cache-"));
      paths.forEach((path, at) => existsSync(path) && cpSync(path, join(folder, String(at)), { recursive: true }));
      this.caches.set(cacheKey, folder);
    }
    const all = this.contexts(run, { ...base, contexts: { needs, steps: state.steps } });
    const outputs = Object.fromEntries(Object.entries(job.outputs ?? {}).map(([name, value]) => [name, filled(value, all, state.status)]));
    run.jobs[key] = { result: state.status.failed ? "failure" : "success", outputs, steps: state.steps, summary: readFileSync(state.summary, "utf8"), token, permissions };
  }

  async step(run, state, step, needs) {
    const outside = this.contexts(run, { ...state, contexts: { needs, steps: state.steps } });
    const fill = (map, contexts) => Object.fromEntries(Object.entries(map ?? {}).map(([name, value]) => [name, String(filled(value, contexts, state.status, state.workspace))]));
    let env = fill(run.flow.env, outside);
    env = { ...env, ...fill(state.job.env, { ...outside, env }), ...state.env };
    env = { ...env, ...fill(step.env, { ...outside, env }) };
    const contexts = { ...outside, env };
    const name = step.name ?? step.uses ?? step.run;
    const outputs = {};
    if (!holds(step.if, contexts, state.status, state.workspace)) {
      if (step.id) state.steps[step.id] = { outcome: "skipped", conclusion: "skipped", outputs };
      return;
    }
    run.log += `\n== ${run.id} ${state.key}: ${name}\n`;
    let fine;
    if (step.uses) fine = await this.action(run, state, step.uses.replace(/^.*?(actions\/[^@]+)@.*$/s, "$1"), fill(step.with, contexts), outputs);
    else fine = await this.shell(run, state, filled(step.run, contexts, state.status, state.workspace), step.shell ?? run.flow.defaults?.run?.shell, env, outputs);
    if (step.id) state.steps[step.id] = { outcome: fine ? "success" : "failure", conclusion: fine || step["continue-on-error"] ? "success" : "failure", outputs };
    if (!fine && !step["continue-on-error"]) state.status.failed = true;
  }

  async shell(run, state, script, shell, env, outputs) {
    const files = Object.fromEntries(["OUTPUT", "ENV", "PATH"].map((name) => [name, join(state.temp, `_${name.toLowerCase()}`)]));
    Object.values(files).forEach((file) => writeFileSync(file, ""));
    const named = { GITHUB_ACTIONS: "true", GITHUB_EVENT_NAME: run.event, GITHUB_EVENT_PATH: join(run.work, "event.json"), GITHUB_REPOSITORY: run.repository,
      GITHUB_SERVER_URL: this.forge.url, GITHUB_API_URL: this.api(run), GITHUB_REF: run.ref, GITHUB_REF_NAME: run.ref.replace("refs/heads/", ""), GITHUB_SHA: run.sha,
      GITHUB_RUN_ID: run.id, GITHUB_RUN_ATTEMPT: "1", GITHUB_WORKSPACE: state.workspace, GITHUB_STEP_SUMMARY: state.summary, GITHUB_JOB: state.key,
      ...Object.fromEntries(Object.entries(files).map(([name, file]) => [`GITHUB_${name}`, file])), RUNNER_TEMP: state.temp, RUNNER_OS: "Linux", RUNNER_ARCH: "X64" };
    // Forgejo's runner shows its tokens to every step.
    const forgejo = run.flavour === "forgejo" ? { FORGEJO_ACTIONS: "true", GITHUB_TOKEN: state.token, FORGEJO_TOKEN: state.token, ACTIONS_RUNTIME_TOKEN: state.token } : {};
    const command = shell === "bash" || run.flavour === "forgejo" ? ["--noprofile", "--norc", "-eo", "pipefail", "-c", script] : ["-e", "-c", script];
    // Not waited for in one go: the forge of this test lives in this process.
    const child = spawn("bash", command, {
      cwd: state.workspace, stdio: ["ignore", "pipe", "pipe"], timeout: 300_000,
      env: { CI: "true", HOME: this.work, LANG: "C.UTF-8", ...this.env, ...named, ...forgejo, ...env, PATH: [...state.path, this.path].join(":") },
    });
    [child.stdout, child.stderr].forEach((stream) => stream.setEncoding("utf8").on("data", (text) => { run.log += text; if (process.env.E2E_VERBOSE) process.stdout.write(text); }));
    const status = await new Promise((done) => child.on("close", done).on("error", (e) => { run.log += `${e}\n`; done(1); }));
    Object.assign(outputs, pairs(readFileSync(files.OUTPUT, "utf8")));
    Object.assign(state.env, pairs(readFileSync(files.ENV, "utf8")));
    state.path.unshift(...readFileSync(files.PATH, "utf8").split("\n").filter(Boolean));
    return status === 0;
  }

  /** What the forge's own actions do, as far as the workflows need it. */
  async action(run, state, action, inputs, outputs) {
    const kept = this.artifacts.get(run.id);
    const within = (path) => (path.startsWith("/") ? path : join(state.workspace, path));
    const copy = (from, to) => cpSync(from, to, { recursive: true });
    switch (action) {
      case "actions/checkout": {
        const folder = within(inputs.path ?? ".");
        const url = `${this.forge.url}/${inputs.repository ?? run.repository}`.replace("://", `://x-access-token:${state.token}@`);
        const git = (...args) => new Promise((done) => {
          const child = spawn("git", ["-C", folder, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env.PATH, HOME: this.work } });
          [child.stdout, child.stderr].forEach((stream) => stream.on("data", (text) => (run.log += text)));
          child.on("close", (status) => done(status === 0));
        });
        mkdirSync(folder, { recursive: true });
        await git("init", "--quiet");
        await git("remote", "add", "origin", url.replace(/x-access-token:[^@]*@/, ""));
        const wanted = inputs.ref || run.sha;
        const fetched = await git("fetch", "--quiet", ...(inputs["fetch-depth"] === "0" ? [] : ["--depth=1"]), url, ...(inputs.ref ? [] : ["+refs/heads/*:refs/remotes/origin/*"]), wanted);
        const done = fetched && await git("checkout", "--quiet", "--force", "--detach", /^[0-9a-f]{40}$/.test(wanted) ? wanted : "FETCH_HEAD");
        if (!inputs.ref && run.ref.startsWith("refs/heads/")) await git("checkout", "--quiet", "-B", run.ref.replace("refs/heads/", ""));
        return done;
      }
      case "actions/cache": case "actions/cache/restore": {
        const hit = this.caches.get(inputs.key) ?? this.seed;
        outputs["cache-hit"] = String(Boolean(hit));
        const paths = inputs.path.trim().split("\n").map((path) => path.trim().replace(/^~/, this.work));
        if (hit) paths.forEach((path, at) => existsSync(join(hit, String(at))) && copy(join(hit, String(at)), within(path)));
        else (state.save ??= []).push([inputs.key, paths.map(within)]);
        return true;
      }
      case "actions/upload-artifact": {
        const folder = mkdtempSync(join(this.work, "artifact-"));
        const from = within(inputs.path.trim());
        if (!existsSync(from)) return inputs["if-no-files-found"] !== "error";
        copy(from, statSync(from).isDirectory() ? folder : join(folder, from.split("/").at(-1)));
        kept.set(inputs.name ?? "artifact", folder);
        return true;
      }
      case "actions/upload-pages-artifact": {
        const folder = mkdtempSync(join(this.work, "artifact-"));
        execFileSync("tar", ["--create", "--file", join(folder, "artifact.tar"), "--directory", within(inputs.path), "."]);
        kept.set(inputs.name ?? "github-pages", folder);
        return true;
      }
      case "actions/download-artifact": {
        const found = this.artifacts.get(inputs["run-id"] || run.id)?.get(inputs.name);
        if (!found) run.log += `no artifact ${inputs.name}\n`;
        else copy(found, within(inputs.path ?? "."));
        return Boolean(found);
      }
      case "actions/configure-pages":
        outputs.base_url = this.pagesUrl ?? "";
        return Boolean(this.pagesUrl);
      case "actions/deploy-pages": {
        const found = kept.get(inputs.artifact_name ?? "github-pages");
        if (!found) return false;
        const site = mkdtempSync(join(this.work, "pages-"));
        execFileSync("tar", ["--extract", "--file", join(found, "artifact.tar"), "--directory", site]);
        outputs.page_url = await this.pages(site);
        return true;
      }
      case "actions/attest": case "actions/attest-build-provenance":
        this.skipped.push(`${action} in ${state.key}`);
        return true;
      default:
        throw new Error(`this runner does not know ${action}`);
    }
  }
}

/** The name=value and name<<mark lines that a step wrote. */
function pairs(text) {
  const found = {};
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const long = /^([^=<]+)<<(.+)$/.exec(lines[at]);
    if (long) {
      const end = lines.indexOf(long[2], at + 1);
      found[long[1]] = lines.slice(at + 1, end).join("\n");
      at = end;
    } else if (lines[at].includes("=")) {
      const [name, ...rest] = lines[at].split("=");
      found[name] = rest.join("=");
    }
  }
  return found;
}
