// The search index of the catalog. Nothing here touches the page, so tests can require it.
// The site publishes index.js, search.js and catalog.js in this order as one file.
'use strict';

const WEIGHTS = [9, 8, 4, 4, 3, 2]; // name, title, tags, packages, namespace, description

// Lower case without accents.
function fold(text) {
  return text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
}

const words = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) || [];

// Whether one insertion, deletion, change or swap of neighbours turns `a` into `b`.
function oneEdit(a, b) {
  if (Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i += 1;
  const [x, y] = [a.slice(i), b.slice(i)];
  if (x.slice(1) === y.slice(1) || x === y.slice(1) || x.slice(1) === y) return true;
  return x.length > 1 && x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2);
}

// How well `word` matches `term`, from 0 to 1, without typing mistakes.
function quality(term, word) {
  if (word === term) return 1;
  if (word.startsWith(term)) return 0.55 + 0.3 * (term.length / word.length);
  const inside = term.length > 2 || term.charCodeAt(0) > 0x2e80;
  return inside && word.includes(term) ? 0.3 : 0;
}

// How well `word` matches a term with one typing mistake.
function roughly(term, word) {
  if (term.length < 4) return 0;
  if (oneEdit(term, word)) return 0.4;
  const begins = term.length > 4 && word.length > term.length;
  return begins && [0, 1, -1].some((d) => oneEdit(term, word.slice(0, term.length + d))) ? 0.25 : 0;
}

class Index {
  constructor() {
    this.servers = [];
    this.words = new Map(); // word → flat list of server, field, server, field …
    this.labels = new Map(); // "kind value" → label
  }

  // Adds a shard as the site publishes it.
  add(shard) {
    for (const [kind, pairs] of Object.entries(shard.words)) {
      for (const [value, label] of pairs) this.labels.set(`${kind} ${value}`, label);
    }
    shard.names.forEach((name, i) => {
      const [namespace, part] = name.split('/');
      const has = new Map([['namespace', [namespace]]]); // kind of facet → values
      for (const [kind, masks] of Object.entries(shard.masks)) {
        const bit = (at) => Math.floor(masks[i] / 2 ** at) % 2 === 1;
        has.set(kind, shard.words[kind].filter((_, at) => bit(at)).map((pair) => pair[0]));
      }
      const title = shard.titles[i] || part;
      const [description, version, remote] = [shard.descriptions[i], shard.versions[i], shard.remote[i] === 1];
      const [updated, created] = [shard.updated[i], shard.created[i]];
      const icon = Object.hasOwn(shard.icons, i) ? shard.icons[i] : null;
      const folded = fold(title);
      const key = `${folded.replace(/^[^\p{L}\p{N}]+/u, '')} ${name}`; // decides where nothing else does
      const seen = new Set();
      [part, shard.titles[i], shard.tags[i], shard.packages[i], namespace, description].forEach((text, field) => {
        for (const word of words(text)) {
          if (seen.has(word)) continue; // the weightiest field counts
          seen.add(word);
          if (!this.words.has(word)) this.words.set(word, []);
          this.words.get(word).push(this.servers.length, field);
        }
      });
      this.servers.push({ name, part, has, title, description, version, updated, created, remote, icon, folded, key });
    });
    this.sorted = false;
  }

  // Points of every server for one term; 0 means no match.
  points(term, measure) {
    const points = new Float64Array(this.servers.length);
    let found = false;
    for (const [word, at] of this.words) {
      const good = measure(term, word);
      found ||= good > 0;
      for (let i = 0; good > 0 && i < at.length; i += 2) {
        points[at[i]] = Math.max(points[at[i]], good * WEIGHTS[at[i + 1]]);
      }
    }
    return found ? points : null;
  }

  // Servers that match `query` and have one of the wanted values of each kind in `wanted`
  // (kind → set of values), in the order `sort`; and per kind how many servers each value would leave.
  search(query, wanted = new Map(), sort = 'best') {
    const terms = words(query);
    if (!this.sorted) [...this.servers].sort((a, b) => (a.key < b.key ? -1 : 1)).forEach((server, i) => { server.rank = i; });
    this.sorted = true;
    let total = null;
    for (const term of terms) {
      const points = this.points(term, quality) || this.points(term, roughly);
      if (!points) return { hits: [], counts: new Map(), terms };
      if (total) points.forEach((p, i) => { total[i] = p && total[i] ? p + total[i] : 0; });
      else total = points;
    }
    const whole = fold(query.trim());
    if (whole && terms.length === 0) return { hits: [], counts: new Map(), terms };
    const kinds = [...wanted].filter(([, values]) => values.size > 0);
    const counts = new Map();
    const hits = [];
    this.servers.forEach((server, i) => {
      if (total && total[i] === 0) return;
      const failed = kinds.filter(([kind, values]) => !server.has.get(kind)?.some((v) => values.has(v)));
      server.has.forEach((values, kind) => {
        if (failed.some((other) => other[0] !== kind)) return;
        if (!counts.has(kind)) counts.set(kind, new Map());
        for (const v of values) counts.get(kind).set(v, (counts.get(kind).get(v) || 0) + 1);
      });
      if (failed.length > 0) return;
      server.score = total ? total[i] : 0;
      if (whole === server.folded || whole === server.part) server.score += 12;
      if (whole === server.name) server.score += 40;
      if (server.has.get('status')?.includes('deprecated')) server.score *= 0.5;
      hits.push(server);
    });
    const by = { updated: (server) => server.updated, newest: (server) => server.created, name: () => 0 }[sort] || ((server) => server.score);
    hits.sort((a, b) => by(b) - by(a) || a.rank - b.rank);
    return { hits, counts, terms };
  }

  // Servers whose names look like `query`, the most similar first.
  nearest(query, count = 3) {
    const short = (name) => name.replace(/^[^/]*\.(?=[^/]*\/)/, ''); // io.github.acme/tool → acme/tool
    const wanted = pairs(short(query));
    const scored = this.servers.map((server) => {
      const texts = [server.part, server.folded, short(server.name)];
      return [Math.max(...texts.map((text) => similarity(wanted, text.toLowerCase()))), server];
    });
    const near = scored.filter(([score]) => score > 0.25).sort((a, b) => b[0] - a[0] || (a[1].key < b[1].key ? -1 : 1));
    return near.slice(0, count).map(([, server]) => server);
  }
}

// Pairs of neighbouring letters.
function pairs(text) {
  const letters = words(text).join(' ');
  return new Set(Array.from({ length: Math.max(0, letters.length - 1) }, (_, i) => letters.slice(i, i + 2)));
}

// Share of pairs that a text in lower case has in common with `wanted`, from 0 to about 1.
function similarity(wanted, text) {
  let common = 0;
  for (let i = 0; i + 1 < text.length; i += 1) common += wanted.has(text.slice(i, i + 2)) ? 1 : 0;
  return common === 0 ? 0 : (2 * common) / (wanted.size + text.length - 1);
}

// Cuts text into parts, of which every second one is a word that a term matches.
function marks(text, terms) {
  const long = terms.filter((term) => term.length > 1);
  const parts = [''];
  if (long.length === 0) return [text];
  for (const [i, part] of text.split(/([\p{L}\p{N}]+)/u).entries()) {
    const hit = i % 2 === 1 && long.some((term) => quality(term, fold(part)) || roughly(term, fold(part)));
    if (hit) parts.push(part, '');
    else parts[parts.length - 1] += part;
  }
  return parts;
}

// Formats the day of a minute after 1970: 3 Oct 2026.
const dayText = (minute) => new Date(minute * 60000).toUTCString().slice(5, 16).replace(/^0/, '');
const counted = (count) => `${count.toLocaleString('en')} server${count === 1 ? '' : 's'}`;

function hue(name) {
  let sum = 0;
  for (let i = 0; i < name.length; i += 1) sum = (Math.imul(sum, 31) + name.charCodeAt(i)) >>> 0;
  return sum % 8;
}

if (typeof module === 'object') module.exports = { Index, fold, words, oneEdit, marks, hue, dayText };
