// What Amazon Q's own reader says about a registry: a list of errors, empty if it takes it.
//
//   node amazon_q.cjs FOLDER REGISTRY.json
//
// FOLDER has mcpRegistryValidator.js of the npm package @aws/lsp-codewhisperer.
const { readFileSync } = require("node:fs");
const { resolve } = require("node:path");
const { McpRegistryValidator } = require(resolve(process.argv[2], "mcpRegistryValidator.js"));
const registry = JSON.parse(readFileSync(process.argv[3], "utf8"));
const { isValid, errors } = new McpRegistryValidator().validateRegistryJson(registry);
console.log(JSON.stringify(isValid ? [] : errors));
