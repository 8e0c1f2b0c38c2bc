// `serve --mcp` with the protocol's own client library.
//
//   node --test mcp.mjs     with TOOL, the binary, and DATA, the data folder, in the environment
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const { TOOL, DATA } = process.env;

test('an agent searches, shows and installs through the client library', async (t) => {
  const client = new Client({ name: 'e2e', version: '1.0.0' });
  const args = ['--data', DATA, 'serve', '--mcp', '--no-reload', '-q'];
  t.after(() => client.close());
  await client.connect(new StdioClientTransport({ command: TOOL, args }));
  assert.equal(client.getServerVersion().name, 'mcp-static');
  assert.match(client.getInstructions(), /Search first/);

  const { tools } = await client.listTools();
  assert.deepEqual(tools.map((tool) => tool.name).sort(),
    ['install_server', 'search_servers', 'show_server', 'why_not_listed']);
  for (const tool of tools) {
    assert.equal(tool.inputSchema.type, 'object', tool.name);
    assert.equal(tool.annotations.readOnlyHint, true, tool.name);
  }

  const call = async (name, args) => {
    const result = await client.callTool({ name, arguments: args });
    assert.ok(!result.isError, JSON.stringify(result.content));
    assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
    return result.structuredContent;
  };
  const newest = await call('search_servers', { limit: 50 });
  assert.ok(newest.servers.length > 0);
  for (const { name, version } of newest.servers) {
    const shown = await call('show_server', { name });
    assert.equal(shown.entry.server.name, name);
    assert.equal(shown.entry.server.version, version);
    assert.ok(shown.versions.includes(version), name);
    const found = await call('search_servers', { query: name });
    assert.equal(found.servers[0].name, name);
    const { ways } = await call('install_server', { name, client: 'json' });
    for (const way of ways) {
      // Every way has something to do or a reason why there is nothing.
      assert.ok(way.file || way.command || way.links.length > 0 || way.notes.length > 0, name);
      if (way.file) assert.ok(Object.keys(JSON.parse(way.file.text).mcpServers).length === 1, name);
    }
  }
  const wrong = await client.callTool({ name: 'show_server', arguments: { name: 'nobody/nothing' } });
  assert.equal(wrong.isError, true);
});
