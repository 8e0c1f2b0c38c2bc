// Evaluates `${{ … }}` with GitHub's own lexer, parser and evaluator.
import { Evaluator, Lexer, Parser, data } from "@actions/expressions";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

const CONTEXTS = ["github", "env", "vars", "job", "jobs", "steps", "runner", "secrets", "strategy", "matrix", "needs", "inputs"];

/** Turns a JavaScript value into what the evaluator takes. */
function wrapped(value) {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "string") return new data.StringData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(wrapped));
  return new data.Dictionary(...Object.entries(value).map(([key, inner]) => ({ key, value: wrapped(inner) })));
}

/** The files below `folder` that a pattern with `*` and `**` matches. */
function matching(folder, pattern) {
  const form = new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*\*\/?/g, "\u0000").replace(/\*/g, "[^/]*").replaceAll("\u0000", ".*")}$`);
  const walk = (at) => readdirSync(at, { withFileTypes: true }).flatMap((entry) => entry.name === ".git" ? [] : entry.isDirectory() ? walk(join(at, entry.name)) : [join(at, entry.name)]);
  return walk(folder).filter((file) => form.test(relative(folder, file))).sort();
}

/**
 * Evaluates one expression. `status` is { failed, cancelled } of the job or the step before.
 * Returns the evaluator's value.
 */
export function evaluate(text, contexts, status = { failed: false, cancelled: false }, workspace = ".") {
  const functions = new Map(Object.entries({
    always: () => true, success: () => !status.failed && !status.cancelled, failure: () => status.failed, cancelled: () => status.cancelled,
  }).map(([name, call]) => [name, { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(call()) }]));
  functions.set("hashfiles", {
    name: "hashFiles", minArgs: 1, maxArgs: 255,
    call: (...patterns) => {
      const files = patterns.flatMap((pattern) => matching(workspace, pattern.coerceString()));
      const sum = createHash("sha256");
      files.forEach((file) => sum.update(createHash("sha256").update(readFileSync(file)).digest()));
      return new data.StringData(files.length ? sum.digest("hex") : "");
    },
  });
  const { tokens } = new Lexer(text).lex();
  const tree = new Parser(tokens, CONTEXTS, [...functions.values()]).parse();
  const known = Object.fromEntries(CONTEXTS.map((name) => [name, contexts[name] ?? {}]));
  return new Evaluator(tree, wrapped(known), functions).evaluate();
}

/** Replaces every `${{ … }}` of a text; other values pass. */
export function filled(value, contexts, status, workspace) {
  if (typeof value !== "string") return value;
  return value.replace(/\$\{\{((?:[^}']|'[^']*'|\}(?!\}))*)\}\}/g, (_, inner) => evaluate(inner, contexts, status, workspace).coerceString());
}

/** Whether a condition holds; without a status function it asks for success too. */
export function holds(condition, contexts, status, workspace) {
  const text = String(condition ?? "success()").trim().replace(/^\$\{\{([\s\S]*)\}\}$/, "$1");
  const asks = /\b(always|success|failure|cancelled)\s*\(/.test(text);
  const value = evaluate(asks ? text : `success() && (${text})`, contexts, status, workspace);
  const said = value.coerceString();
  return !["", "false", "0", "null"].includes(said);
}
