// A mirror of another registry, which our own server serves: the scheduled workflow opens one pull request, renews it,
// and is quiet when nothing changed. The pull request is judged, merged and published like any other.
//
//   node sync.mjs TOOL
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Story } from "./story.mjs";
import { freePort, makeWorld, must } from "./world.mjs";

const world = await makeWorld(process.argv[2]);
const port = await freePort();
const upstream = join(world.work, "upstream");
mkdirSync(upstream);
const at = (name, version, file) => join(upstream, "registry-data/servers", name, version, file);
function publish(name, version, day, status) {
  mkdirSync(at(name, version, ""), { recursive: true });
  writeFileSync(at(name, version, "server.json"), `${JSON.stringify({ $schema: "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json", name, description: "Says what the weather will be", version, remotes: [{ type: "streamable-http", url: `https://${name.split("/")[1]}.example.com/mcp` }] }, null, 2)}\n`);
  const date = `2026-${day}T00:00:00Z`;
  writeFileSync(at(name, version, "origin.json"), JSON.stringify({ publishedAt: date, updatedAt: status ? `2026-${status}T00:00:00Z` : date }));
  if (status) writeFileSync(at(name, version, "status.json"), JSON.stringify({ status: "deleted", statusMessage: "Closed. @everyone" }));
}
publish("com.far/weather", "1.0.0", "01-01");
publish("com.far/tides", "1.0.0", "01-02");
publish("com.other/thing", "1.0.0", "01-03");
world.spawn(join(world.bin, "mcp-static"), ["--data", join(upstream, "registry-data"), "serve", "--addr", `127.0.0.1:${port}`]);
await world.answers(port);

const s = new Story(world, { story: "sync" });
const init = ["init", "--yes", "--forge", "github", "--host", "nginx", "--name", "Acme", "--base-url", world.site, "--tool", world.tool];
s.tool(...init);
s.add("com.acme/weather", "1.0.0");
s.write("registry-data/registry.toml", `${s.read("registry-data/registry.toml")}\n[[mirror]]\nfrom = "http://127.0.0.1:${port}"\nservers = ["com.far/*@latest"]\n`);
s.tool(...init, "--force");
s.commit("Set up the registry");
s.git("push", "--quiet", s.origin, "main");

/** Runs the scheduled workflow as the forge would. */
async function sync() {
  const sha = s.git("rev-parse", "main");
  return s.runner.run(s.read(".github/workflows/sync.yml"), { name: "sync.yml", event: "schedule", payload: { schedule: "41 4 * * *", repository: s.about() }, sha, repository: s.repository });
}
const open = () => [...world.forge.changes.values()].filter((pull) => pull.branch === "mcp-static/sync" && !pull.merged);

s.stage("the first run");
s.ends(await sync(), { sync: "success" }, "the first run");
must(open().length === 1, "there is not one pull request", open());
must(open()[0].title === "Sync mirrored entries: 2 entries: 2 new", `the title is ${open()[0].title}`);
const first = open()[0].head;
s.stage("a run that finds the same");
s.ends(await sync(), { sync: "success" }, "the second run");
must(open().length === 1 && open()[0].head === first, "the branch moved without a reason", open());
s.stage("a run that finds more");
publish("com.far/weather", "1.1.0", "01-04");
await new Promise((done) => setTimeout(done, 2500)); // the server reloads
s.ends(await sync(), { sync: "success" }, "the third run");
must(open().length === 1 && open()[0].head !== first, "the pull request was not renewed", open());
must(open()[0].body.includes("com.far/weather@1.1.0"), "the description is old", open()[0].body);

s.stage("the pull request is judged and merged");
const pull = open()[0];
s.git("fetch", "--quiet", s.origin, `+refs/heads/${pull.branch}:refs/heads/${pull.branch}`);
const judged = await s.judge(pull);
s.ends(judged, { judge: "success", report: "success" }, "the pull request of the mirror");
s.ends(await s.merge({ pull }), { build: "success" }, "publishing what was mirrored");

s.stage("nothing new");
s.ends(await sync(), { sync: "success" }, "a run after the merge");
must(open().length === 0, "a pull request was opened for nothing", open());
s.stage("a withdrawal");
publish("com.far/tides", "1.0.0", "01-02", "02-01");
await new Promise((done) => setTimeout(done, 2500));
s.ends(await sync(), { sync: "success" }, "a withdrawal");
must(open().length === 1 && open()[0].title.endsWith("1 entry: 1 deleted"), "the withdrawal is not there", open());
must(open()[0].body.includes("`Closed. @everyone`"), "a stranger's words are not quoted as code, where they call nobody", open()[0].body);
s.stage("all passed");
process.exit(0);
