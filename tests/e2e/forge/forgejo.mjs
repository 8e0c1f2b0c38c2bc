// The same on Forgejo: its workflows have one job each, and its runner shows its token to every step.
//
//   node forgejo.mjs TOOL
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { Story } from "./story.mjs";
import { makeWorld, must } from "./world.mjs";

const world = await makeWorld(process.argv[2]);
const s = new Story(world, { story: "forgejo", flavour: "forgejo", folder: ".forgejo/workflows" });

/** Serves the branch `pages` whenever it has moved, as a server of pages does. */
let served = "";
setInterval(async () => {
  const tip = world.forge.git(s.repository, "for-each-ref", "--format=%(objectname)", "refs/heads/pages");
  if (!tip || tip === served) return;
  served = tip;
  const folder = mkdtempSync(join(world.work, "pages-"));
  execFileSync("tar", ["--extract", "--directory", folder], { input: execFileSync("git", ["-C", s.origin, "archive", tip], { maxBuffer: 1 << 28 }) });
  await world.as("plain", folder);
}, 200).unref();

s.tool("init", "--yes", "--forge", "forgejo", "--name", "Acme", "--base-url", world.site, "--tool", world.tool);
s.add("com.acme/weather", "1.0.0");
s.commit("Set up the registry");
s.stage("the first push");
let run = await s.publish();
must(Object.values(run.jobs).every((job) => job.result === "success"), "the first push failed", run.log);
must(world.forge.git(s.repository, "ls-tree", "-r", "--name-only", "pages").includes("manifest.json"), "the branch pages has no site");
must(s.ref("deployed") === s.git("rev-parse", "HEAD"), "the deployment is not remembered", run.log);
s.stage("a pull request with a new version");
const good = await s.propose(7, () => s.add("com.acme/weather", "1.1.0"), { event: "pull_request" });
must(Object.values(good.jobs).every((job) => job.result === "success"), "a new version is refused", good.log);
s.says(good.pull.comments.at(-1)?.body ?? "", "com.acme/weather", "the comment");
must(good.pull.labels.join() === "new-version", "the labels are wrong", good.pull.labels);
run = await s.merge(good);
must(Object.values(run.jobs).every((job) => job.result === "success"), "the merge failed", run.log);
s.stage("bad pull requests");
await s.bad({ judge: Object.keys(good.jobs)[0] });
s.stage("all passed");
process.exit(0);
