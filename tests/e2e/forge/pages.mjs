// A public registry on GitHub Pages: strangers' forks, ownership by account, a deployment that clients cannot use, and
// the way back to the last good one.
//
//   node pages.mjs TOOL
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Story } from "./story.mjs";
import { makeWorld, must } from "./world.mjs";

const world = await makeWorld(process.argv[2]);
let broken = 0;
const s = new Story(world, { story: "pages", remote: "https://github.com/acme/registry", visibility: "public", pagesUrl: world.site, pages: async (site) => {
  const live = mkdtempSync(join(world.work, "live-"));
  cpSync(site, live, { recursive: true });
  if (broken-- > 0) rmSync(join(live, "v0.1/servers/com.acme"), { recursive: true, force: true });
  await world.as("github-pages", live);
  return `${world.site}/`;
} });
// A broken site is probed for two and a half minutes; the program that the jobs install waits a second at most.
const hasty = join(world.work, "hasty");
writeFileSync(hasty, `#!/bin/sh\nif [ "$1" = ci ]; then shift; exec ${world.tool} ci --longest-pause 1 "$@"; fi\nexec ${world.tool} "$@"\n`);
chmodSync(hasty, 0o755);
const fork = { event: "pull_request_target", from: "alice/registry" };

s.stage("set up");
s.tool("init", "--yes", "--forge", "github", "--public", "--host", "github-pages", "--name", "Acme", "--base-url", world.site, "--tool", hasty);
s.write("registry-data/registry.toml", `${s.read("registry-data/registry.toml")}
[[ownership.rule]]
namespace = "com.acme"
methods = ["owners-file"]
accounts = [{ forge = "${new URL(world.forge.url).host}", id = 1001, login = "alice" }]
`);
s.add("com.acme/weather", "1.0.0");
s.commit("Set up the registry");
let run = await s.publish();
s.ends(run, { build: "success", deploy: "success", prove: "success", "roll-back": "skipped", attest: "success", remember: "success" }, "the first push");
must(s.ref("good") === s.git("rev-parse", "HEAD"), "the good run is not remembered", run.log);

s.stage("a stranger's pull request");
const good = await s.propose(7, () => s.add("com.acme/weather", "1.1.0"), fork);
s.ends(good, { judge: "success", report: "success" }, "the owner's new version");
s.says(good.pull.comments.at(-1)?.body ?? "", "com.acme", "the comment");
let bad = await s.propose(8, () => s.add("com.acme/tides", "1.0.0"), { ...fork, from: "mallory/registry", user: { login: "mallory", id: 666, type: "User" } });
s.ends(bad, { judge: "failure", report: "success" }, "somebody else's version");
bad = await s.propose(9, () => s.write(".github/workflows/registry.yml", "on: pull_request_target\njobs:\n  judge:\n    runs-on: x\n    steps:\n      - run: true\n"), fork);
must(!bad.pull.labels.includes("safe-to-merge"), "a change of the judge is safe to merge", bad.pull.labels);
bad = await s.propose(10, () => s.add("com.acme/tides", "1.0.0"), { event: "pull_request", from: "alice/registry" });
s.ends(bad, { judge: "success", report: "success" }, "a fork whose token may only read");
must(bad.pull.comments.length === 0, "a token that may only read has written");

s.stage("a deployment that clients cannot use");
broken = 1;
run = await s.merge(good);
s.ends(run, { build: "success", deploy: "success", prove: "failure", "roll-back": "success", remember: "skipped" }, "a broken site");
must(await s.live("/v0.1/servers/com.acme%2Fweather/versions/latest") === 200, "the last good site is not back", run.log);
must(await s.live("/v0.1/servers/com.acme%2Fweather/versions/1.1.0") === 404, "the broken site is still there");
s.says(run.jobs["roll-back"].summary, "is live again", "the summary");
s.stage("the next run");
run = await s.publish();
s.ends(run, { prove: "success", remember: "success" }, "the same commit again");
must(await s.live("/v0.1/servers/com.acme%2Fweather/versions/1.1.0") === 200, "the new version is not live");
console.log(`e2e: pages: not run here: ${[...new Set(s.runner.skipped)].join(", ")}`);
s.stage("all passed");
process.exit(0);
