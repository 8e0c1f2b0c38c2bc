// GitHub's parser and language service find nothing in any workflow: those of this repository, and those that `init`
// writes for every profile, host and source of the binary.
//
//   node lint.mjs TOOL
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { findings } from "./parser.mjs";

const tool = resolve(process.argv[2]);
const top = fileURLToPath(new URL("../../..", import.meta.url));
let read = 0;

async function look(folder, what) {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const wrong = await findings(name, readFileSync(join(folder, name), "utf8"));
    read++;
    if (!wrong.length) continue;
    console.error(`e2e: ${what}: ${name}: ${wrong.join("; ")}`);
    process.exitCode = 1;
  }
}

await look(join(top, ".github/workflows"), "this repository");
const sum = "0".repeat(64);
const sources = [[], ["--tool", "/usr/local/bin/mcp-static"], ["--tool", "https://artifacts.example.com/mcp-static", "--sha256", sum],
  ["--tool", "github:acme/mcp-static@1.0.0", "--sha256", sum], ["--tool", "cargo:1.0.0"], ["--tool", `cargo:https://git.example.com/mcp-static.git@${"a".repeat(40)}`]];
for (const [at, source] of sources.entries()) {
  const profiles = at ? [["--public", "--host", "github-pages"]] : [["--public"], ["--private"], ["--public", "--requests"], ["--host", "github-pages"], ["--host", "nginx"]];
  for (const profile of profiles) {
    for (const remote of ["https://github.com/acme/registry", "https://ghes.example.com/acme/registry"]) {
      const folder = mkdtempSync(join(tmpdir(), "mcp-static-lint-"));
      const run = (command, ...args) => execFileSync(command, args, { cwd: folder, stdio: "pipe" });
      run("git", "init", "--quiet");
      run("git", "remote", "add", "origin", remote);
      run(tool, "init", "--yes", "--quiet", "--forge", "github", ...source, ...profile);
      await look(join(folder, ".github/workflows"), [remote, ...source, ...profile].join(" "));
      rmSync(folder, { recursive: true });
    }
  }
}
if (!process.exitCode) console.log(`e2e: lint: nothing found in ${read} workflows`);
