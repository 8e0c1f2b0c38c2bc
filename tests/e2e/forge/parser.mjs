// What GitHub's own parser and language service find in a workflow.
import { register } from "node:module";

register("./json.mjs", import.meta.url);
const { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } = await import("@actions/workflow-parser");
const { validate } = await import("@actions/languageservice");
const { TextDocument } = await import("vscode-languageserver-textdocument");

/** Returns the findings of both, as sentences. */
export async function findings(name, text) {
  const result = parseWorkflow({ name, content: text }, new NoOperationTraceWriter());
  const errors = result.context.errors.getErrors().map((e) => e.message);
  if (errors.length || !result.value) return errors.length ? errors : ["not a workflow"];
  const template = await convertWorkflowTemplate(result.context, result.value);
  const service = await validate(TextDocument.create(`file:///${name}`, "yaml", 1, text));
  return [...(template.errors ?? []).map((e) => e.Message), ...service.map((e) => `line ${e.range.start.line + 1}: ${e.message}`)];
}
