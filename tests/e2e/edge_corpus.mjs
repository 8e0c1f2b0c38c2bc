// A large made-up registry for the edge tests: edge_corpus.mjs OUT SERVERS. Dates are pinned, every 40th
// version is deleted, some servers have many versions and a few entries are large.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [out, count] = [process.argv[2], Number(process.argv[3])];
const WORDS = ['weather', 'tides', 'atlas', 'ledger', 'parcel', 'forge', 'harbor', 'mcp', 'Query', 'notes', 'Graph', 'search'];
let n = 0;
for (let i = 0; i < count; i++) {
  const namespace = `com.example${i % 997}`;
  const name = `${WORDS[i % WORDS.length]}-${WORDS[(i * 7) % WORDS.length]}_${i}`;
  const versions = i % 500 === 0 ? 60 : 1 + (i % 4 === 0);
  for (let v = 0; v < versions; v++, n++) {
    const version = `${1 + Math.floor(v / 10)}.${v % 10}.0${n % 50 === 0 ? '+b.7' : ''}`;
    const folder = join(out, 'servers', namespace, name, version);
    mkdirSync(folder, { recursive: true });
    const times = n % 400 === 0 ? 90 : 3;
    const server = {
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
      name: `${namespace}/${name}`, description: `Made up, number ${n}`, title: `Größe ${n}`, version,
      remotes: Array.from({ length: times }, (_, r) => ({ type: 'streamable-http', url: `https://${name.toLowerCase().replaceAll('_', '-')}.example.com/${v}/${r}/mcp` })),
    };
    writeFileSync(join(folder, 'server.json'), JSON.stringify(server));
    const at = new Date(1_700_000_000_000 + n * 1000).toISOString().replace('.000Z', n % 3 ? 'Z' : `.${n % 1000}5Z`);
    writeFileSync(join(folder, 'origin.json'), JSON.stringify({ publishedAt: at, updatedAt: at, statusChangedAt: at }));
    if (n % 40 === 0) writeFileSync(join(folder, 'status.json'), '{"status":"deleted"}');
  }
}
writeFileSync(join(out, 'registry.toml'), '[registry]\nname = "Large"\nbase_url = "https://registry.example.com"\n');
console.log(`${count} servers with ${n} versions`);
