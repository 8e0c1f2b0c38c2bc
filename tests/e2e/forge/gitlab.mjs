// The pipeline of GitLab, run by gitlab-ci-local with its shell executor.
//
//   node gitlab.mjs TOOL
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Story } from "./story.mjs";
import { makeWorld, must } from "./world.mjs";

const world = await makeWorld(process.argv[2]);
const s = new Story(world, { story: "gitlab" });
const local = fileURLToPath(new URL("node_modules/.bin/gitlab-ci-local", import.meta.url));
const api = world.forge.token({ api: "write", contents: "write" });

/** Runs the pipeline for variables; returns { status, log }. */
async function pipeline(variables, ...jobs) {
  const all = { CI_SERVER_URL: world.forge.url, CI_API_V4_URL: `${world.forge.url}/api/v4`, CI_PROJECT_PATH: s.repository, CI_PROJECT_ID: "10", CI_PROJECT_VISIBILITY: "private", CI_DEFAULT_BRANCH: "main",
    CI_JOB_TOKEN: world.forge.token({ contents: "write" }), CI_PAGES_URL: world.site, ...world.env, ...variables };
  const child = spawn(local, ["--force-shell-executor", "--shell-isolation", "--concurrency", "1", ...Object.entries(all).flatMap(([name, value]) => ["--variable", `${name}=${value}`]), ...jobs],
    { cwd: s.clone, stdio: ["ignore", "pipe", "pipe"], env: { PATH: `${world.bin}:${process.env.PATH}`, HOME: world.work, ...world.env } });
  let log = "";
  [child.stdout, child.stderr].forEach((stream) => stream.setEncoding("utf8").on("data", (text) => (log += text)));
  const status = await new Promise((done) => child.on("close", done));
  // It ends with 0 when a job failed, too.
  return { status: status || Number(/^ FAIL /m.test(log)), log };
}

s.stage("set up");
s.write(".git/info/exclude", ".gitlab-ci-local/\n/public/\n/deployment.json\n/report.json\n");
s.tool("init", "--yes", "--forge", "gitlab", "--name", "Acme", "--base-url", world.site, "--tool", world.tool);
s.add("com.acme/weather", "1.0.0");
s.commit("Set up the registry");
s.git("push", "--quiet", s.origin, "main");

s.stage("the first push");
let run = await pipeline({ CI_COMMIT_BRANCH: "main", CI_PIPELINE_SOURCE: "push", CI_COMMIT_SHA: s.git("rev-parse", "HEAD") }, "pages");
must(run.status === 0, "the first push failed", run.log);
must(existsSync(join(s.clone, "public/manifest.json")), "there is no site", run.log);
await world.as("gitlab-pages", join(s.clone, "public"));
run = await pipeline({ CI_COMMIT_BRANCH: "main", CI_PIPELINE_SOURCE: "push", CI_COMMIT_SHA: s.git("rev-parse", "HEAD") }, "prove");
must(run.status === 0, "the live site is not proven", run.log);
must(s.ref("deployed") === s.git("rev-parse", "HEAD"), "the deployment is not remembered", run.log);

/** Opens a merge request and judges it. */
async function propose(number, change, token = api) {
  s.git("switch", "--quiet", "-C", `change-${number}`, "main");
  change();
  const head = s.commit(`Change ${number}`);
  s.git("push", "--quiet", "--force", s.origin, `HEAD:refs/heads/change-${number}`);
  const request = world.forge.open(s.repository, number, head, `change-${number}`);
  const ended = await pipeline({ CI_PIPELINE_SOURCE: "merge_request_event", CI_MERGE_REQUEST_IID: String(number), CI_MERGE_REQUEST_PROJECT_ID: "10", CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main", CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: `change-${number}`, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "", CI_COMMIT_SHA: head, ...(token ? { MCP_STATIC_TOKEN: token } : {}) }, "judge");
  s.git("switch", "--quiet", "--discard-changes", "main");
  return { ...ended, request };
}

s.stage("merge requests");
run = await propose(7, () => s.add("com.acme/weather", "1.1.0"));
must(run.status === 0, "a new version is refused", run.log);
must(run.request.comments.length === 1, "there is no note", run.log);
s.says(run.request.comments[0].body, "com.acme/weather", "the note");
must(!run.log.includes(api), "the token was printed");
run = await propose(8, () => s.write("registry-data/servers/com.acme/weather/1.0.0/server.json", s.read("registry-data/servers/com.acme/weather/1.0.0/server.json").replace("weather", "sky")));
must(run.status !== 0, "an edit of what is published is fine", run.log);
s.says(run.request.comments.at(-1)?.body ?? "", "version-immutable", "the note");
run = await propose(9, () => s.add("com.acme/tides", "1.0.0"), "");
must(run.status === 0, "a new server is refused", run.log);
must(run.request.comments.length === 0, "a note was written without a token");
s.stage("all passed");
process.exit(0);
