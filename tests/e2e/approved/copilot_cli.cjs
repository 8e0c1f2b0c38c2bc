// The commands that Copilot CLI itself writes for packages of a registry when nobody enters a value.
//
//   node copilot_cli.cjs cli-main.js < PACKAGES.json
//
// cli-main.js is what Copilot CLI unpacks. The function that makes a command stands between two others
// that it does not need; nothing else of the program runs here.
const { readFileSync } = require("node:fs");
const text = readFileSync(process.argv[2], "utf8");
const [, body, name] = text.match(/(function (\w+)\(e,t\)\{let n=\[\],r=e\.runtimeArguments\?\?\[\].*?)function \w+\(e,t,n\)/s);
const command = new Function(`${body};return ${name}`)();
const packages = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(packages.map((it) => (["npm", "pypi", "oci"].includes(it.registryType) ? command(it, {}) : null))));
