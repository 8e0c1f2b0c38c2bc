// From an empty folder to a published registry on GitHub Enterprise Server, and what each kind of pull request meets.
// The site is served by a real nginx and probed.
//
//   node github.mjs TOOL
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Story } from "./story.mjs";
import { makeWorld, must } from "./world.mjs";

const world = await makeWorld(process.argv[2]);
const s = new Story(world, { story: "github" });

s.stage("an empty folder");
s.tool("init", "--yes", "--forge", "github", "--host", "nginx", "--name", "Acme", "--base-url", world.site, "--maintainers", "@acme/registry", "--tool", world.tool);
must(!existsSync(join(s.clone, ".github/actions")), "init wrote actions");
s.add("com.acme/weather", "1.0.0");
s.commit("Set up the registry");
s.tool("check");

s.stage("the first push");
let run = await s.publish();
s.ends(run, { build: "success", remember: "success" }, "the first push");
must(run.artifacts.get("site"), "there is no artifact with the site", run.log);
await world.nginx(run.artifacts.get("site"));
must(await s.live("/v0.1/servers/com.acme%2Fweather/versions/latest") === 200, "the server is not live");
s.tool("probe", world.site);
must(s.ref("deployed") === s.git("rev-parse", "HEAD"), "the deployment is not remembered", s.ref("deployed"), run.log);

s.stage("a pull request with a new version");
const good = await s.propose(7, () => s.add("com.acme/weather", "1.1.0"));
s.ends(good, { judge: "success", report: "success" }, "a new version");
s.says(good.pull.comments.at(-1)?.body ?? "", "com.acme/weather", "the comment");
must(good.pull.labels.join() === "new-version", "the labels are wrong", good.pull.labels);
must(Object.values(good.jobs).every((job) => !good.log.includes(job.token)), "a token was printed");
must(!("pull-requests" in good.jobs.judge.permissions), "the judge may write");
s.ends(await s.judge(good.pull), { report: "success" }, "a second run");
must(good.pull.comments.length === 1, "there are two comments");
run = await s.merge(good);
s.ends(run, { build: "success", remember: "success" }, "the merge");
await world.nginx(run.artifacts.get("site"));
must(await s.live("/v0.1/servers/com.acme%2Fweather/versions/1.1.0") === 200, "the new version is not live");

s.stage("bad pull requests");
await s.bad({ rest: { report: "success" } });

s.stage("a merge queue");
s.git("switch", "--quiet", "-C", "queue", "main");
s.add("com.acme/tides", "1.0.0");
const head_sha = s.commit("Tides");
const head_ref = "refs/heads/gh-readonly-queue/main/pr-7";
s.git("push", "--quiet", s.origin, `HEAD:${head_ref}`);
s.git("switch", "--quiet", "main");
run = await s.runner.run(s.read(".github/workflows/registry.yml"), { name: "registry.yml", event: "merge_group", sha: head_sha, ref: head_ref, repository: s.repository,
  payload: { repository: s.about(), merge_group: { head_sha, base_sha: s.git("rev-parse", "main"), base_ref: "refs/heads/main", head_ref } } });
s.ends(run, { judge: "success", report: "skipped" }, "a merge queue");

s.stage("a forced push that nobody reviewed");
const path = "registry-data/servers/com.acme/weather/1.0.0/server.json";
s.write(path, s.read(path).replace("weather will", "sky will"));
s.commit("Edit in place");
run = await s.publish();
s.ends(run, { build: "success", remember: "success" }, "a forced edit");
s.says(run.jobs.build.summary, "com.acme", "the summary");
must(s.ref("pending") !== "", "what is held back is not pending");
await world.nginx(run.artifacts.get("site"));
const served = await (await fetch(`http://127.0.0.1:${world.ports.live}/v0.1/servers/com.acme%2Fweather/versions/1.0.0`)).text();
s.says(served, "weather will", "the frozen version");
s.stage("all passed");
process.exit(0);
