// This repository as a registry: a copy without its history, Pages off and on, a pull request that touches the data, one
// that does not, and the published site.
//
//   node own.mjs TOOL
//
// The program that the workflows build from the base branch is in the cache already, as after a first run: TOOL.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { Story } from "./story.mjs";
import { makeWorld, must } from "./world.mjs";

const world = await makeWorld(process.argv[2]);
const top = fileURLToPath(new URL("../../..", import.meta.url));
const seed = join(world.work, "seed");
mkdirSync(seed);
cpSync(world.tool, join(seed, "0"), { dereference: true });
const s = new Story(world, { story: "own", repository: "acme/mcp-static", visibility: "public", seed, pagesUrl: world.site, pages: async (site) => {
  const live = mkdtempSync(join(world.work, "live-"));
  cpSync(site, live, { recursive: true });
  await world.as("github-pages", live);
  return `${world.site}/`;
} });

s.stage("a copy");
const archive = execFileSync("git", ["-C", top, "archive", "HEAD"], { maxBuffer: 1 << 28 });
execFileSync("tar", ["--extract", "--directory", s.clone], { input: archive });
s.commit("Copy mcp-static");
let run = await s.publish();
s.ends(run, { pages: "success", build: "skipped" }, "a push while Pages is off");
s.says(run.log, "::notice", "the log");
world.forge.hasPages = true;
run = await s.publish();
s.ends(run, { build: "success", deploy: "success", prove: "success", "roll-back": "skipped", remember: "success" }, "the first push");

s.stage("a pull request");
const fork = { event: "pull_request_target", from: "alice/mcp-static" };
const good = await s.propose(7, () => s.add("com.acme/weather", "1.0.0"), fork);
s.ends(good, { judge: good.jobs.judge.result, report: "success" }, "a new server");
s.says(good.pull.comments.at(-1)?.body ?? "", "com.acme", "the comment");
must(Object.values(good.jobs).every((job) => !good.log.includes(job.token)), "a token was printed");
const paths = parse(s.read(".github/workflows/registry.yml")).on.pull_request_target.paths;
must(paths?.join() === "registry-data/**", "the workflow judges changes of the source too", paths);
run = await s.merge(good);
s.ends(run, { build: "success", deploy: "success", prove: "success" }, "the merge");
s.stage("all passed");
process.exit(0);
