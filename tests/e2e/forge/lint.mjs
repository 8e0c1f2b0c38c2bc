// GitHub's parser and language service find nothing in any workflow: those of this repository, and those that `init`
// writes for every forge, profile and source of the program.
//
//   node lint.mjs TOOL
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { findings } from "./parser.mjs";

const top = fileURLToPath(new URL("../../..", import.meta.url));
const generated = mkdtempSync(join(tmpdir(), "mcp-static-lint-"));
const seen = new Map(); // the text of a workflow → where it was first
let wrong = 0;
try {
  execFileSync("bash", [join(top, "tests/e2e/generated.sh"), resolve(process.argv[2]), generated], { stdio: "pipe" });
  for (const folder of [top, ...readdirSync(generated).map((name) => join(generated, name))]) {
    const flows = join(folder, ".github/workflows");
    for (const name of existsSync(flows) ? readdirSync(flows) : []) seen.set(readFileSync(join(flows, name), "utf8"), join(flows, name));
  }
  for (const [text, path] of seen) {
    for (const finding of await findings("workflow.yml", text)) {
      console.error(`e2e: lint: ${path}: ${finding}`);
      wrong++;
    }
  }
} finally {
  rmSync(generated, { recursive: true });
}
if (seen.size < 20) throw new Error(`only ${seen.size} workflows were there`);
if (wrong) process.exit(1);
console.log(`e2e: lint: nothing found in ${seen.size} workflows`);
