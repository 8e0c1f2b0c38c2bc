// A request from somebody without git: the issue's text becomes a pull request once a maintainer sets the label.
//
//   node requests.mjs TOOL
import { Story } from "./story.mjs";
import { makeWorld, must } from "./world.mjs";

const world = await makeWorld(process.argv[2]);
const s = new Story(world, { story: "requests" });
s.tool("init", "--yes", "--forge", "github", "--host", "nginx", "--name", "Acme", "--base-url", world.site, "--requests", "--tool", world.tool);
s.add("com.acme/weather", "1.0.0");
s.commit("Set up the registry");
s.git("push", "--quiet", s.origin, "main");

/** What an issue form makes of the answers. */
const form = (answers) => Object.entries(answers).map(([label, value]) => `### ${label}\n\n${value || "_No response_"}`).join("\n\n");
const labels = [...s.read(".github/ISSUE_TEMPLATE/server-request.yml").matchAll(/^ {6}label: (.*)$/gm)].map((hit) => hit[1].replace(/^["']|["']$/g, ""));
const byWord = (answers) => Object.fromEntries(labels.map((label) => [label, Object.entries(answers).find(([word]) => label.toLowerCase().includes(word))?.[1] ?? ""]));

async function ask(number, answers, label = "add-server") {
  const issue = { number, title: "Please add", body: form(byWord(answers)), user: { login: "carol", id: 5, type: "User" }, labels: [{ name: label }], html_url: `${world.forge.url}/${s.repository}/issues/${number}` };
  world.forge.subject(number);
  const run = await s.runner.run(s.read(".github/workflows/request.yml"), { name: "request.yml", event: "issues", payload: { action: "labeled", label: { name: label }, issue, repository: s.about(), sender: { login: "bob", id: 2 } }, sha: s.git("rev-parse", "main"), repository: s.repository });
  return { ...run, issue: world.forge.subject(number) };
}

s.stage("a server that is asked for");
let run = await ask(40, { name: "com.acme/tides", source: "npm:@acme/tides@1.2.3", description: "Tides of the day", why: "We sail.\n::error::x", owner: "@carol" });
s.ends(run, { draft: "success", open: "success" }, "a request");
const pull = [...world.forge.changes.values()].find((one) => one.branch === "mcp-static/request-40");
must(pull, "there is no pull request", run.log);
const path = world.forge.git(s.repository, "diff", "--name-only", "main", pull.head);
must(path === "registry-data/servers/com.acme/tides/1.2.3/server.json", `the change is ${path}`, run.log);
must(run.issue.comments.length === 1, "the issue has no answer", run.issue.comments);
must(!/^::error::x/m.test(run.log), "a stranger's text became a command", run.log);
s.stage("the pull request is judged");
s.git("fetch", "--quiet", s.origin, `+refs/heads/${pull.branch}:refs/heads/${pull.branch}`);
const judged = await s.judge(pull);
s.ends(judged, { judge: "success", report: "success" }, "the request's pull request");
s.stage("a server that cannot be");
run = await ask(41, { name: "not a name", source: "ftp://example.com", description: "x", why: "", owner: "" });
must(run.issue.comments.length === 1 && !world.forge.changes.get(41).head, "a wrong request is not answered", run.log, run.issue);
s.stage("another label");
run = await ask(42, { name: "com.acme/sun", source: "npm:sun@1.0.0", description: "Sun", why: "x", owner: "y" }, "question");
must(Object.values(run.jobs).every((job) => job.result === "skipped"), "another label started something", run.jobs);
s.stage("all passed");
process.exit(0);
