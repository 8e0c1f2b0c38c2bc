// Answers list queries of an MCP registry where the site is published, from files of the site.
//
// A registry is static files; a file cannot answer `?search=…`. This module can: on a host that runs
// ECMAScript near its files, it answers `/v0.1/servers` and `/v0/servers` with the same bytes as
// `mcp-static serve`, from the indexes below `/v0.1/_q/` (docs/edge.md describes them). Entries are copied
// unchanged and never parsed.
//
// It answers only queries of the list and keeps no state. After any failure (no index or one of another
// format, a missing or incomplete file, a limit of the host) the host answers with the static document.
// Only standard interfaces are used; the few lines that each host needs are in edge/.

const COMMON = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, OPTIONS',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  'X-Content-Type-Options': 'nosniff',
};
const FRESH = 'public, max-age=60, must-revalidate';
const ALLOW = 'GET, HEAD, OPTIONS';
const JSON_TYPE = 'application/json';
const TITLES = { 400: 'Bad Request', 405: 'Method Not Allowed', 422: 'Unprocessable Entity' };
const PARAMETERS = ['cursor', 'limit', 'search', 'updated_since', 'version', 'include_deleted'];
const BAD_SINCE = 'Invalid updated_since format: expected RFC3339 timestamp (e.g., 2025-08-07T13:15:04.280Z)';
const CONFLICT = 'Cannot set include_deleted=false when using updated_since (incremental sync requires deleted servers)';
const [LATEST, DELETED] = [1, 2]; // flags of a version
const AT_ONCE = 6; // files read at a time: some hosts allow no more connections

// Answers a request. `asset(path)` returns the Response of a file of the site; `next()` returns the
// host's own answer, or lets the host answer, and is called whenever this module has no answer.
export async function answer(request, asset, next) {
  const own = isList(request) ? await reply(request, asset).catch(() => null) : null;
  return own ?? next();
}

// Whether a request is for the list of servers.
export function isList(request) {
  return /^\/+v0(\.1)?\/+servers\/*$/.test(new URL(request.url).pathname);
}

// Answers with the static list without redirects, for hosts that do not apply their rules behind a
// program: `path` is the path of its file. The host answers unless that is a success or "not modified".
export async function staticList(request, asset, path, next) {
  const sent = request.headers.get('If-None-Match');
  const response = await asset(path, sent === null ? {} : { 'If-None-Match': sent });
  if (response.status !== 200 && response.status !== 304) return next();
  const own = { ...COMMON, 'Content-Type': JSON_TYPE, 'Cache-Control': FRESH };
  const headers = new Headers(response.headers);
  Object.entries(own).forEach(([name, value]) => headers.set(name, value));
  const bare = response.status === 304 || request.method === 'HEAD';
  return new Response(bare ? null : response.body, { status: response.status, headers });
}

// Answers a request for the list; null when the answer is the static document.
async function reply(request, asset) {
  if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method)) {
    return problem(request, { status: 405, detail: 'Method not allowed' }, { Allow: ALLOW });
  }
  const raw = new URL(request.url).search.slice(1);
  if (raw.includes('%00')) {
    const refusal = { status: 400, detail: 'Invalid request: query parameters contain null bytes' };
    return problem(request, refusal, { 'Content-Type': JSON_TYPE });
  }
  if (request.method === 'OPTIONS') {
    const headers = { ...COMMON, Allow: ALLOW, 'Access-Control-Max-Age': '86400' };
    return new Response(null, { status: 204, headers });
  }
  const query = parse(raw);
  if (query === null) return null;
  if (query.detail !== undefined) return problem(request, query, {});
  const load = async (file) => {
    const response = await asset(`/v0.1/_q/${file}`, {});
    if (response.status !== 200) throw new Error(`${file}: ${response.status}`);
    return response.arrayBuffer();
  };
  return made(request, await page(query, load));
}

// --- Requests

// Reads a query string. Null when it holds none of the six parameters; with a `detail` when it is
// refused. An empty value counts as absent; of two values the first counts.
function parse(raw) {
  const given = new Map();
  for (const pair of raw.split('&')) {
    const [, name, value] = /^([^=]*)=?(.*)$/s.exec(pair);
    const [key, text] = [decode(name), decode(value)];
    if (PARAMETERS.includes(key) && text !== null && !given.has(key)) given.set(key, text);
  }
  if (given.size === 0) return null;
  const get = (key) => given.get(key) || null;
  const errors = [];
  const limit = readLimit(get('limit'), errors);
  const wanted = readBool(get('include_deleted'), errors);
  if (errors.length > 0) return { status: 422, detail: 'validation failed', errors };
  const since = get('updated_since') === null ? null : moment(get('updated_since'));
  if (since === undefined) return { status: 400, detail: BAD_SINCE };
  if (since !== null && wanted === false) return { status: 400, detail: CONFLICT };
  return {
    limit,
    since,
    // The page begins after this name and version. A raw `+` in the version was read as a space.
    cursor: get('cursor') && split(get('cursor')).map((part, at) => (at === 1 ? part?.replaceAll(' ', '+') ?? null : part)),
    search: get('search')?.toLowerCase() ?? null,
    version: get('version'),
    deleted: wanted ?? since !== null,
  };
}

// Resolves `+` and percent escapes; null when an escape is broken. Bytes that are not UTF-8 become
// U+FFFD.
function decode(text) {
  if (/%(?![0-9a-f]{2})/i.test(text)) return null;
  if (!text.includes('%')) return text.replaceAll('+', ' ');
  // A URL is ASCII, so each character or escape is one byte.
  const bytes = text.replaceAll('+', ' ').replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
}

function readLimit(text, errors) {
  if (text === null) return 30;
  const wrong = (message, value) => errors.push({ message, location: 'query.limit', value });
  const number = /^[+-]?[0-9]+$/.test(text) ? BigInt(text.replace('+', '')) : null;
  if (number === null || BigInt.asIntN(64, number) !== number) wrong('invalid integer', quote(text));
  else if (number < 1n) wrong('expected number >= 1', `${number}`);
  else if (number > 100n) wrong('expected number <= 100', `${number}`);
  return Number(number);
}

function readBool(text, errors) {
  if (text === null) return null;
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (!['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) {
    errors.push({ message: 'invalid boolean', location: 'query.include_deleted', value: quote(text) });
  }
  return false;
}

// Seconds after 1970 began, and the digits after the point, of an RFC 3339 date-time; undefined for
// any other text. Digits beyond nanoseconds are ignored.
function moment(text) {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text);
  if (parts === null) return undefined;
  const [, day, time, digits = '', sign, hours = '0', minutes = '0'] = parts;
  const local = new Date(`${day}T${time}Z`);
  // A date that does not exist becomes another date, or none, when it is written again.
  if (Number.isNaN(local.getTime()) || local.toISOString().slice(0, 19) !== `${day}T${time}`) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = (Number(hours) * 3600 + Number(minutes) * 60) * (sign === '-' ? -1 : 1);
  return [local.getTime() / 1000 - offset, digits.slice(0, 9).replace(/0+$/, '')];
}

// --- Pages

// The page that a query asks for, as text.
async function page(query, load) {
  const head = JSON.parse(new TextDecoder().decode(await load('head.json')));
  if (head.format !== 2) throw new Error('an index of another form');
  const read = async (place) => whole(await load(place[1]), place);
  const filtered = query.search !== null || query.since !== null || query.version !== null || query.deleted;
  const rows = filtered ? await choose(head, query, read) : await walk(head.live, query, read);
  const next = rows.length === query.limit ? `"nextCursor":${quote(rows.at(-1).key)},` : '';
  return `{"servers":[${rows.map((row) => row.body).join(',')}],"metadata":{${next}"count":${rows.length}}}`;
}

// Without a filter the bodies follow each other: no index is needed.
async function walk(places, { cursor, limit }, read) {
  const rows = [];
  for (let at = place(places, cursor); at < places.length && rows.length < limit; at++) {
    for (const line of lines(await read(places[at]))) {
      const tab = line.indexOf('\t');
      const key = line.slice(0, tab);
      if (cursor === null || isAfter(split(key), cursor)) rows.push({ key, body: line.slice(tab + 1) });
      if (rows.length === limit) break;
    }
  }
  return rows;
}

// With a filter the index says which versions match; then each file that holds one of them is read once.
async function choose(head, query, read) {
  const rows = [];
  for (let at = place(head.index, query.cursor); at < head.index.length && rows.length < query.limit; at++) {
    select(await read(head.index[at]), query, rows);
  }
  const files = new Map();
  for (const row of rows) {
    const places = row.deleted ? head.deleted : head.live;
    const file = places[place(places, split(row.key))];
    files.set(file, [...(files.get(file) ?? []), row]);
  }
  const waiting = files.entries(); // shared by all workers
  const work = async () => {
    for (const [file, wanted] of waiting) paste(await read(file), wanted);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return rows;
}

// Adds the versions in a part of the index that match a query, until the page is full.
function select(text, query, rows) {
  for (const line of lines(text)) {
    const name = line.slice(0, line.indexOf('\t'));
    if (query.search !== null && !name.toLowerCase().includes(query.search)) continue;
    if (query.cursor !== null && name < query.cursor[0]) continue;
    let last = '';
    for (const entry of line.slice(name.length + 1).split('\t')) {
      const [version, bits, updated] = entry.split(' ');
      if (version <= last) throw new Error(`the versions of ${name} are not in order`);
      last = version;
      const flags = Number(bits);
      const deleted = (flags & DELETED) !== 0;
      const fits = query.version === 'latest' ? (flags & LATEST) !== 0 : (query.version ?? version) === version;
      if (!fits || (deleted && !query.deleted)) continue;
      if (query.since !== null && !isLater(updated.split('.'), query.since)) continue;
      if (query.cursor !== null && !isAfter([name, version], query.cursor)) continue;
      rows.push({ key: `${name}:${version}`, deleted, body: null });
      if (rows.length === query.limit) return;
    }
  }
}

// Finds the bodies of versions in the file that holds them; both are in list order.
function paste(text, rows) {
  let from = 0;
  for (const row of rows) {
    const begin = `${row.key}\t`;
    const at = from === 0 && text.startsWith(begin) ? 0 : text.indexOf(`\n${begin}`, from) + 1;
    const end = text.indexOf('\n', at);
    if (end < 0 || !text.startsWith(begin, at)) throw new Error(`${row.key} is not where the index says`);
    row.body = text.slice(at + begin.length, end);
    from = end;
  }
}

// Returns the text of a file, which must be complete: it has as many bytes and lines as its place in the
// head says, and each line comes after the one before. A page must not lack versions.
function whole(bytes, [first, file, size, count]) {
  const text = new TextDecoder().decode(bytes);
  let [last, seen] = [null, 0];
  for (const line of lines(text)) {
    const head = line.slice(0, line.indexOf('\t'));
    // A line of the index begins with a name and its first version, one of bodies with a key.
    const key = split(head.includes(':') ? head : `${head}:${line.slice(head.length + 1, line.indexOf(' '))}`);
    if (last === null ? key.join(':') !== first : !isAfter(key, last)) throw new Error(`${file} is not in order`);
    last = key;
    seen += 1;
  }
  if (bytes.byteLength !== size || seen !== count) throw new Error(`${file} is not whole`);
  return text;
}

// The last of some places (key, file, bytes, lines) that does not begin after a name and version.
function place(places, cursor) {
  let [low, high] = [0, cursor === null ? 0 : places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(split(places[middle][0]), cursor)) high = middle;
    else low = middle + 1;
  }
  return Math.max(low - 1, 0);
}

// Name and version of `name:version`; the version is null when there is no colon.
function split(key) {
  const colon = key.indexOf(':');
  return colon < 0 ? [key, null] : [key.slice(0, colon), key.slice(colon + 1)];
}

// Whether a version comes after a cursor. Names and versions are ASCII, so the order of strings is that
// of bytes for any cursor. A cursor without a version is before the next name only.
function isAfter([name, version], [lastName, lastVersion]) {
  return name === lastName ? lastVersion !== null && version > lastVersion : name > lastName;
}

// Whether a time (seconds as text, digits after the point) is later than another.
function isLater([seconds, digits = ''], since) {
  return Number(seconds) === since[0] ? digits > since[1] : Number(seconds) > since[0];
}

function* lines(text) {
  for (let at = 0, end; (end = text.indexOf('\n', at)) >= 0; at = end + 1) yield text.slice(at, end);
}

// --- Responses

// Returns a page, or 304 when the client's copy is current. The ETag is the one that `serve` sends.
async function made(request, text) {
  const bytes = new TextEncoder().encode(text);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const tag = `"${[...digest.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}"`;
  const known = (request.headers.get('If-None-Match') ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  const headers = { ...COMMON, ETag: tag, 'Cache-Control': FRESH };
  if (known.includes(tag) || known.includes('*')) return new Response(null, { status: 304, headers });
  return sized(request, 200, bytes, { ...headers, 'Content-Type': JSON_TYPE });
}

// Returns a problem document (RFC 9457) with the official registry's wording.
function problem(request, { status, detail, errors = [] }, more) {
  const each = errors.map((e) => `{"message":${quote(e.message)},"location":${quote(e.location)},"value":${e.value}}`);
  const list = each.length > 0 ? `,"errors":[${each.join(',')}]` : '';
  const text = `{"title":"${TITLES[status]}","status":${status},"detail":${quote(detail)}${list}}`;
  const headers = { ...COMMON, 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...more };
  return sized(request, status, new TextEncoder().encode(text), headers);
}

// Returns a response with its length; HEAD has no body.
function sized(request, status, bytes, headers) {
  const body = request.method === 'HEAD' ? null : bytes;
  return new Response(body, { status, headers: { ...headers, 'Content-Length': `${bytes.length}` } });
}

// A JSON string as the rest of the tool writes it.
function quote(text) {
  return JSON.stringify(text);
}
