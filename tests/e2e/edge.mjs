// The edge module against `serve`: the same registry, the same bytes.
//
//   edge.mjs SITE SERVE [ORIGIN]
//
// SITE is a site built for cloudflare-pages, SERVE the URL of `mcp-static serve` on the same data. Without
// ORIGIN the module of the site runs here, over the files of the site, and each file that it reads is
// counted; with it, the same questions go to that URL, where a real runtime answers.
// EDGE_QUERIES (2000) random queries come from EDGE_SEED (1); with that seed, ones that are spelled out go first.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [site, serve, origin] = process.argv.slice(2);
const QUERIES = Number(process.env.EDGE_QUERIES ?? 2000);
const SEED = Number(process.env.EDGE_SEED ?? 1);
const SAME = ['content-type', 'etag', 'cache-control', 'allow', 'access-control-allow-origin', 'access-control-allow-methods',
  'access-control-allow-headers', 'access-control-max-age', 'x-content-type-options'];
const MOST = 5_000_000;
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

// --- The index, read in the plainest way

const folder = join(site, 'v0.1/_q');
const head = JSON.parse(readFileSync(join(folder, 'head.json'), 'utf8'));
// The list as a file. Of a list that clients do not read whole, serve answers the first page instead.
const whole = readFileSync(join(site, 'v0.1/servers/index.json'), 'utf8');
const lines = (file) => readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1);
const fileOf = new Map(); // key of a version → file that holds its body
for (const [, file] of [...head.live, ...head.deleted]) {
  for (const line of lines(file)) fileOf.set(line.slice(0, line.indexOf('\t')), file);
}
const rows = head.index.flatMap(([, file]) => lines(file)).flatMap((line) => {
  const [name, ...versions] = line.split('\t');
  return versions.map((text) => {
    const [version, flags, updated] = text.split(' ');
    return { name, version, flags: Number(flags), updated };
  });
});
const servers = new Set(rows.map((row) => row.name)).size;
assert.equal(rows.length, fileOf.size, 'every version of the index has one body');
const listed = new Set(['head.json', ...[...head.index, ...head.live, ...head.deleted].map(([, file]) => file)]);
const names = readdirSync(folder).filter((name) => !statSync(join(folder, name)).isDirectory());
assert.deepEqual(names.sort(), [...listed].sort(), 'the head names every file');
const largest = Math.max(...names.map((name) => statSync(join(folder, name)).size));
assert.ok(largest <= MOST, `a file of the index has ${largest} bytes`);

// --- Two who answer

// What a server on this machine says.
function ask(base, method, target, headers = {}) {
  const { hostname, port } = new URL(base);
  return new Promise((done, fail) => {
    const asked = send({ hostname, port, method, path: target, headers, agent }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
    });
    // A server may close a kept connection just as it is used again; that says nothing of the answer.
    asked.on('error', (error) => (asked.reusedSocket && error.code === 'ECONNRESET' ? done(ask(base, method, target, headers)) : fail(error)));
    asked.end();
  });
}

let reads = []; // files read for the last question
let broken = null; // a file that is not there
let spoilt = null; // [file, what becomes of its bytes]
let worker;
// An entry beside a copy of the site's module, as its default export.
async function load(entry) {
  const copy = mkdtempSync(join(tmpdir(), 'edge-'));
  writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  copyFileSync(join(site, '_worker.js/edge.js'), join(copy, 'edge.js'));
  copyFileSync(entry, join(copy, 'index.js'));
  const loaded = await import(pathToFileURL(join(copy, 'index.js')));
  rmSync(copy, { recursive: true });
  return loaded;
}
const ASSETS = {
  async fetch(request) {
    const path = decodeURIComponent(new URL(request.url).pathname);
    const name = path.slice(path.lastIndexOf('/') + 1);
    reads.push(name);
    try {
      if (name === broken) throw new Error('gone');
      const bytes = readFileSync(join(site, path));
      return new Response(name === spoilt?.[0] ? spoilt[1](bytes) : bytes, { headers: { 'Content-Type': 'text/plain' } });
    } catch {
      return new Response('nothing', { status: 404 });
    }
  },
};
async function edge(method, target, headers = {}) {
  if (origin) return ask(origin, method, target, headers);
  reads = [];
  const response = await worker.fetch(new Request(`http://edge.test${target}`, { method, headers }), { ASSETS });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: Buffer.from(await response.arrayBuffer()) };
}

// Asks both and compares; gives the answer.
async function same(target, method = 'GET', headers = {}) {
  const [want, got] = await Promise.all([ask(serve, method, target, headers), edge(method, target, headers)]);
  const what = `${method} ${target} ${JSON.stringify(headers)}`;
  assert.equal(got.status, want.status, what);
  assert.equal(got.body.toString(), want.body.toString(), what);
  for (const name of SAME) {
    if (name === 'content-type' && want.body.length === 0 && method !== 'HEAD') continue;
    // A runtime that compresses makes a strong tag weak.
    assert.equal(got.headers[name]?.replace(/^W\//, ''), want.headers[name], `${name} of ${what}`);
  }
  if (!origin && want.headers['content-length'] !== undefined && method !== 'OPTIONS') {
    assert.equal(got.headers['content-length'], want.headers['content-length'], `length of ${what}`);
  }
  return got;
}

// Holds the files that were read against what the answer needs.
function economical(target, got) {
  if (origin || got.status !== 200) return;
  const parts = reads.filter((file) => file.startsWith('i-'));
  const bodies = reads.filter((file) => /^[bd]-/.test(file));
  const page = JSON.parse(got.body);
  const query = new URLSearchParams(target.slice(target.indexOf('?') + 1));
  const unfiltered = ['search', 'updated_since', 'version', 'include_deleted'].every((name) => !query.get(name));
  assert.equal(new Set(reads).size, reads.length, `a file is read twice for ${target}`);
  assert.equal(reads.filter((file) => file === 'head.json').length, 1, target);
  if (unfiltered) {
    assert.ok(reads.length <= 3 && parts.length === 0, `${target} reads ${reads}`);
  } else if (parts.length > 0) {
    const needed = new Set(page.servers.map(({ server }) => fileOf.get(`${server.name}:${server.version}`)));
    assert.deepEqual([...bodies].sort(), [...needed].sort(), `${target} reads other files than it needs`);
  }
  assert.equal(reads.length, 1 + parts.length + bodies.length, `${target} reads ${reads}`);
  most = { files: Math.max(most.files, reads.length), bodies: Math.max(most.bodies, bodies.length) };
}
let most = { files: 0, bodies: 0 };

// --- Questions

// Mulberry32: the same seed, the same questions.
let state = SEED;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const escape = (text) => (random() < 0.5 ? encodeURIComponent(text) : encodeURI(text).replaceAll('&', '%26').replaceAll('#', '%23'));
const oneRow = () => (rows.length > 0 ? pick(rows) : { name: 'com.example/none', version: '1.0.0', updated: '0' });

function time() {
  const [seconds, digits = ''] = oneRow().updated.split('.');
  const shift = pick([0, 0, 0, -1, 1, 3600, -86400]);
  const at = new Date((Number(seconds) + shift) * 1000).toISOString().slice(0, 19);
  const text = pick([`${at}Z`, digits ? `${at}.${digits}Z` : `${at}.0Z`, `${at}.${digits}0001z`, `${at.replace('T', 't')}Z`, `${at}.999999999999Z`]);
  return random() < 0.2 ? text.replace(/[Zz]$/, pick(['+02:00', '-11:30', '+00:00', '+24:00', '+01:60', '+0100'])) : text;
}

const VALUES = {
  limit: () => pick([() => 1 + below(100), () => 1 + below(100), () => 100, () => pick(['0', '101', '-0', '+7', '007', '', 'x', ' 5', '5 ', '1e2',
    '9223372036854775807', '9223372036854775808', '-9223372036854775809', '٣', '"\\\b\f\n\u0001\u007f'])])(),
  cursor: () => {
    const { name, version } = oneRow();
    return pick([`${name}:${version}`, `${name}:${version}`, name, `${name}:`, name.slice(0, below(name.length)), `${name}:${version}:x`,
      `${name}:${version.replace('+', ' ')}`, ':', 'zzz', 'é', `${name}é:1`, 'A', '']);
  },
  search: () => {
    const { name } = oneRow();
    const start = below(name.length);
    return pick([name.slice(start, start + 1 + below(6)), name.slice(start, start + 1 + below(6)).toUpperCase(), name, 'mcp', 'o', '%', '_', '', 'K', 'İ', 'Σ', 'nothing at all']);
  },
  updated_since: () => (random() < 0.9 ? time() : pick(['', 'yesterday', '2025-02-30T00:00:00Z', '2024-02-29T23:59:59Z', '2025-01-01T24:00:00Z', '2025-01-01T23:59:60Z',
    '2025-01-01', '2025-01-01 00:00:00Z', '0000-01-01T00:00:00Z', '0050-03-01T00:00:00Z', '9999-12-31T23:59:59Z', '2025-01-01T00:00:00.Z', '-025-01-01T00:00:00Z'])),
  version: () => pick(['latest', 'latest', oneRow().version, oneRow().version, '1.0.0', 'Latest', '', '0']),
  include_deleted: () => pick(['true', 'true', '1', 'T', 'false', '0', 'F', '', 'TRUE', 'yes', 'tRue']),
};
const PATHS = ['/v0.1/servers', '/v0.1/servers', '/v0/servers', '/v0.1/servers/', '//v0//servers'];

// A query that asks for something, with noise at times.
function question() {
  const pairs = [];
  for (const [name, chance] of Object.entries({ limit: 0.6, cursor: 0.5, search: 0.35, updated_since: 0.2, version: 0.4, include_deleted: 0.25 })) {
    if (random() < chance) pairs.push(`${random() < 0.02 ? name.replace('_', '%5f') : name}=${escape(String(VALUES[name]()))}`);
  }
  if (pairs.length === 0) pairs.push('limit=5');
  if (random() < 0.05) pairs.push(pick(['x=1', '&', '=', 'limit=9', 'search=%zz', 'cursor=%', 'limit', 'search=%ff%fe', 'version=%EF%BB%BF1', 'a=%00', 'search=a+b', 'search=%e2%82']));
  if (random() < 0.05) pairs.reverse();
  return `${pick(origin ? PATHS.slice(0, 3) : PATHS)}?${pairs.join('&')}`;
}

async function spelledOut() {
  for (const target of ['/v0.1/servers?limit=1', '/v0.1/servers?limit=0', '/v0.1/servers?limit=50&version=latest', '/v0/servers?limit=101&include_deleted=x',
    '/v0.1/servers?search=', '/v0.1/servers?search=%00', '/v0.1/servers?x=%00', '/v0.1/servers?updated_since=2020-01-01T00:00:00Z&include_deleted=false',
    '/v0.1/servers?include_deleted=true&limit=100', '/v0.1/servers?search=%5C%22%08%0c%1f&limit=%22%08%0c%5c%7f']) {
    for (const method of ['GET', 'HEAD']) await same(target, method);
    const { headers } = await same(target);
    if (headers.etag) {
      const tag = headers.etag.replace(/^W\//, '');
      for (const known of [tag, `W/${tag}, "x"`, '*', '"x"']) await same(target, 'GET', { 'If-None-Match': known });
    }
    for (const method of ['OPTIONS', 'POST', 'DELETE']) await same(target, method);
  }
  // Nothing to answer: the static document.
  for (const target of ['/v0.1/servers', '/v0/servers', '/v0.1/servers?x=1', '/v0.1/servers?limit%zz=5']) {
    const got = await edge('GET', target);
    assert.equal(got.status, 200, target);
    assert.equal(got.body.toString(), whole, target);
    assert.match(got.headers['content-type'], /^application\/json/, target);
    assert.equal(got.headers['access-control-allow-origin'], '*', target);
    if (!origin) assert.deepEqual(reads, ['index.json'], target);
  }
}

// Every page of a walk, as clients go through a list.
async function walks() {
  for (const query of ['limit=100', 'limit=7&version=latest', 'limit=100&include_deleted=true', 'search=a&limit=13']) {
    let [cursor, seen] = [null, 0];
    for (let pages = 0; pages < 60; pages++) {
      const target = `/v0.1/servers?${query}${cursor === null ? '' : `&cursor=${pages % 2 ? cursor : encodeURIComponent(cursor)}`}`;
      const got = await same(target);
      economical(target, got);
      const page = JSON.parse(got.body);
      seen += page.servers.length;
      cursor = page.metadata.nextCursor ?? null;
      if (cursor === null) {
        if (query.endsWith('include_deleted=true')) assert.equal(seen, rows.length, 'a walk meets every version');
        break;
      }
    }
  }
}

// Whatever is broken, the static document answers.
async function faults() {
  for (const [file, target] of [['head.json', '/v0.1/servers?limit=2'], [head.live[0][1], '/v0.1/servers?limit=2'], [head.index[0][1], '/v0.1/servers?version=latest'],
    [head.live[0][1], `/v0.1/servers?search=${encodeURIComponent(head.live[0][0].split(':')[0])}`]]) {
    broken = file;
    const got = await edge('GET', target);
    assert.equal(got.status, 200, `${target} without ${file}`);
    assert.equal(got.body.toString(), whole, `${target} without ${file}`);
  }
  broken = null;
  // A file that came short, blank or in another order leads to no answer with less than there is.
  const rewritten = (change) => (bytes) => Buffer.from(`${change(bytes.toString().split('\n').slice(0, -1)).join('\n')}\n`);
  const spoils = {
    empty: () => Buffer.alloc(0),
    blank: (bytes) => Buffer.alloc(bytes.length, ' '),
    'blank lines': (bytes) => Buffer.alloc(bytes.length, '\n'),
    'cut in the middle': (bytes) => bytes.subarray(0, bytes.length >> 1),
    'without its last byte': (bytes) => bytes.subarray(0, -1),
    'without its last line': rewritten((all) => all.slice(0, -1)),
    'without its first line': rewritten((all) => all.slice(1)),
    'without a line, filled up': (bytes) => Buffer.concat([bytes.subarray(bytes.indexOf(10) + 1), Buffer.alloc(bytes.indexOf(10) + 1, 'x')]),
    reversed: rewritten((all) => all.toReversed()),
    'with two lines exchanged': rewritten((all) => [...all.slice(0, -2), all.at(-1), all.at(-2)]),
    'of another part': (bytes) => Buffer.alloc(bytes.length, bytes.subarray(bytes.length >> 1)),
  };
  const targets = { live: ['limit=2', 'version=latest&limit=1'], index: ['version=latest', 'search=a', 'include_deleted=true&limit=1'], deleted: ['include_deleted=true&limit=100'] };
  let count = 0;
  for (const [kind, queries] of Object.entries(targets)) {
    const [, file, , rows] = head[kind][0] ?? [];
    for (const [how, spoil] of Object.entries(file === undefined ? {} : spoils)) {
      if (rows < 2 && /reversed|exchanged/.test(how)) continue;
      for (const query of queries) {
        spoilt = [file, spoil];
        const got = await edge('GET', `/v0.1/servers?${query}`);
        if (!reads.includes(file)) continue;
        assert.equal(got.body.toString(), whole, `${query} with ${file} ${how}`);
        count += 1;
      }
    }
  }
  spoilt = null;
  assert.ok(count > 30, `only ${count} spoilt files were met`);
}

// What connects the module to the other hosts: it answers queries and leaves the rest to the host.
async function entries() {
  const entry = (name) => load(join(import.meta.dirname, '../../site/edge', `${name}.js`));
  const [netlify, vercel, deno] = [await entry('netlify'), await entry('vercel'), await entry('deno')];
  globalThis.fetch = (url) => ASSETS.fetch(new Request(url));
  globalThis.Deno = { readFile: async (url) => readFileSync(join(site, decodeURIComponent(url.pathname.replace(/^.*?\/edge-[^/]*/, '')))) };
  const hosts = {
    netlify: (request) => netlify.default(request, { next: () => 'host' }),
    vercel: async (request) => (await vercel.default(request)) ?? 'host',
    deno: (request) => deno.default.fetch(request),
  };
  for (const config of [netlify.config.path, vercel.config.matcher]) assert.deepEqual(config, ['/v0.1/servers', '/v0/servers']);
  for (const [name, host] of Object.entries(hosts)) {
    for (const target of ['/v0.1/servers?limit=3', '/v0/servers?search=a&version=latest', '/v0.1/servers?limit=x', '/v0.1/servers', '/v0.1/servers?x=1', '/v0.1/nothing']) {
      const want = await ask(serve, 'GET', target);
      const got = await host(new Request(`http://edge.test${target}`));
      const left = !/(limit|search)=/.test(target);
      if (name !== 'deno' && left) assert.equal(got, 'host', `${name} ${target}`);
      else assert.equal(got.status, want.status, `${name} ${target}`);
      if (name !== 'deno' ? !left : want.status === 200) assert.equal(await got.text(), left && want.status === 200 ? whole : want.body.toString(), `${name} ${target}`);
    }
  }
  const { name, version } = rows.find((row) => (row.flags & 2) === 0);
  for (const path of [`${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`, `${name}/versions/latest/`, `${name}/versions`]) {
    assert.equal((await hosts.deno(new Request(`http://edge.test/v0.1/servers/${path}`))).status, 200, path);
  }
  for (const path of ['/%2e%2e%2fpackage.json', '/v0.1/servers/..%2f..%2f..%2fetc', '/a%00b', '/%zz', '/v0.1/servers/a%5c..%5cb']) {
    assert.equal((await hosts.deno(new Request(`http://edge.test${path}`))).status, 404, path);
  }
}

if (!origin) worker = (await load(join(site, '_worker.js/index.js'))).default;
if (SEED === 1) {
  await spelledOut();
  await walks();
}
let [pages, refusals] = [0, 0];
const questions = Array.from({ length: QUERIES }, question).values();
async function lane() {
  for (const target of questions) {
    const got = await same(target);
    if (!origin && got.status === 200 && reads[0] === 'head.json') economical(target, got);
    if (got.status === 200) pages += 1; else refusals += 1;
  }
}
// Files are counted for one question at a time; a server may be asked several.
await Promise.all(Array.from({ length: origin ? 4 : 1 }, lane));
if (!origin) {
  await faults();
  await entries();
}
agent.destroy();
assert.ok(QUERIES < 100 || (pages > QUERIES / 3 && refusals > QUERIES / 50), `${pages} pages and ${refusals} refusals are no mixture`);
const read = origin ? origin : `at most ${most.files} files a query, ${most.bodies} of bodies; largest file ${largest} bytes of ${names.length} files`;
console.log(`edge: ${servers} servers, ${rows.length} versions: ${QUERIES} random queries equal to serve (${pages} pages, ${refusals} refusals); ${read}`);
