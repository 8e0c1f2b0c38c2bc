// The catalog's script: search, filters, copy buttons. Every page works without it.
// The first half is pure and can be required from tests; the second half touches the page.
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
      const [description, version, day, remote] = [shard.descriptions[i], shard.versions[i], shard.days[i], shard.remote[i] === 1];
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
      this.servers.push({ name, part, has, title, description, version, day, remote, icon, folded, key });
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
  // (kind → set of values), best first; and per kind how many servers each value would leave.
  search(query, wanted = new Map()) {
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
    hits.sort((a, b) => b.score - a.score || a.rank - b.rank);
    return { hits, counts, terms };
  }
}

// Formats a day after 1970: 3 Oct 2026.
const dayText = (day) => new Date(day * 86400000).toUTCString().slice(5, 16).replace(/^0/, '');
const counted = (count) => `${count.toLocaleString('en')} server${count === 1 ? '' : 's'}`;

function hue(name) {
  let sum = 0;
  for (let i = 0; i < name.length; i += 1) sum = (Math.imul(sum, 31) + name.charCodeAt(i)) >>> 0;
  return sum % 8;
}

// The page.

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const svg = document.querySelector('.find .icon').cloneNode(true);
  svg.firstElementChild.setAttribute('href', `${document.body.dataset.icons}#${name}`);
  return svg;
}

// Text with the terms marked in it.
function marked(text, terms) {
  const long = terms.filter((term) => term.length > 1);
  if (long.length === 0) return [text];
  const parts = text.split(new RegExp(`(${long.join('|')})`, 'iu')); // terms are letters and digits only
  return parts.map((part, i) => (i % 2 ? make('mark', {}, part) : part));
}

// A server as the prepared lists show it.
function row(index, server, terms) {
  const letter = (server.title.match(/[\p{L}\p{N}]/u) || server.name)[0].toUpperCase();
  const tile = make('span', { class: `tile hue${hue(server.name)}`, 'aria-hidden': 'true' }, letter);
  const look = { alt: '', width: 36, height: 36, loading: 'lazy', referrerpolicy: 'no-referrer' };
  if (server.icon) tile.append(make('img', { ...look, src: server.icon }));
  const labels = (kind) => (server.has.get(kind) || []).map((value) => index.labels.get(`${kind} ${value}`));
  const chips = [...labels('package'), ...(server.remote ? ['Remote'] : [])];
  if (chips.length === 0) chips.push(...labels('transport').slice(0, 1));
  const warnings = server.has.get('status')?.filter((value) => value !== 'active') || [];
  const link = make('a', { href: `${document.body.dataset.root}servers/${server.name}/` }, ...marked(server.title, terms));
  return make('li', {}, tile,
    make('div', { class: 'what' },
      make('h3', { dir: 'auto' }, link),
      make('p', { class: 'id' }, ...marked(server.name, terms)),
      make('p', { class: 'about', dir: 'auto' }, ...marked(server.description, terms))),
    make('div', { class: 'facts' },
      make('span', { class: 'version' }, server.version), make('time', {}, dayText(server.day)),
      make('span', { class: 'chips' }, ...warnings.map((text) => make('span', { class: 'chip warn' }, text)),
        ...chips.map((text) => make('span', { class: 'chip' }, text)))));
}

function search() {
  const root = document.body.dataset.root;
  const input = document.getElementById('q');
  const filters = document.getElementById('filters');
  const home = filters !== null; // there results take the place of the list; elsewhere they open a panel
  const [listing, head] = ['listing', 'results-head'].map((id) => document.getElementById(id));
  const place = home ? make('div', { hidden: '' }) : document.getElementById('panel');
  const status = home ? document.getElementById('status') : make('p', { class: 'status', role: 'status' });
  const prepared = [status.textContent, head?.textContent];
  const list = make('ul', { class: 'rows' });
  const foot = make('div', { class: 'more-results' });
  const clear = make('a', { class: 'clear', href: location.pathname }, 'Clear search and filters');
  if (home) [listing.after(place), head.parentElement.append(clear)];
  place.append(...(home ? [list, foot] : [status, list, foot]));

  const index = new Index();
  const groups = new Map(); // kind → { all: value → box, ul, set }
  let wanted = new Map(); // kind → values
  let state = ''; // 'loading', 'ready' or 'failed' once it was asked for

  async function load() {
    if (state === 'loading' || state === 'ready') return;
    state = 'loading';
    const json = (answer) => (answer.ok ? answer.json() : Promise.reject(answer));
    const get = (file) => fetch(`${root}assets/search/${file}`).then(json);
    try {
      const { shards } = await get('index.json');
      await Promise.all(shards.map((file) => get(file).then((shard) => index.add(shard))));
      state = 'ready';
    } catch { state = 'failed'; }
    show();
  }

  function show(limit = home ? 100 : 8) {
    const query = input.value.trim();
    const active = query !== '' || [...wanted.values()].some((values) => values.size > 0);
    document.documentElement.classList.toggle('searching', home && active);
    place.hidden = !active;
    if (home) [listing.hidden, clear.hidden] = [active && state !== 'failed', !active];
    if (home) head.textContent = active ? 'Results' : prepared[1];
    const { hits, counts, terms } = index.search(query, wanted);
    if (home && state === 'ready') update(counts);
    list.replaceChildren(...(active ? hits.slice(0, limit) : []).map((server) => row(index, server, terms)));
    const about = `${counted(hits.length)}${query ? ` for “${query}”` : ''}`;
    const says = { ready: about, failed: 'The search index could not be loaded.' };
    status.textContent = active ? says[state] || 'Loading…' : prepared[0];
    const more = make(home ? 'button' : 'a', home ? { type: 'button', class: 'button quiet' } : { href: `${root}?q=${encodeURIComponent(query)}` },
      `${home ? 'Show more of' : 'All'} ${counted(hits.length)}`);
    if (home) more.onclick = () => { show(limit + 200); list.children[limit]?.querySelector('a').focus(); };
    const none = make('p', { class: 'empty' }, make('strong', {}, 'No server matches'), 'Try fewer or shorter words.');
    const missing = active && state === 'ready' && hits.length === 0;
    foot.replaceChildren(...(missing ? [none] : active && hits.length > limit ? [more] : []));
  }

  // Filters: the prepared links become check boxes.
  function box(kind, value, label, number) {
    const { all, ul } = groups.get(kind);
    const check = make('input', { type: 'checkbox', name: kind, value });
    const count = make('span', { class: 'count' }, number);
    const item = make('li', {}, make('label', {}, check, make('span', {}, label), count));
    check.addEventListener('change', () => {
      const values = [...all].filter(([, made]) => made.check.checked).map(([word]) => word);
      wanted.set(kind, new Set(values));
      act('pushState');
    });
    ul.append(item);
    all.set(value, { check, count, item });
  }

  function boxes() {
    for (const section of filters.querySelectorAll('[data-facet]')) {
      const kind = section.dataset.facet;
      const ul = make('ul');
      const set = make('fieldset', {}, make('legend', {}, section.querySelector('h2').textContent), ul);
      groups.set(kind, { all: new Map(), ul, set });
      for (const link of section.querySelectorAll('[data-value]')) {
        box(kind, link.dataset.value, link.firstElementChild.textContent, link.lastElementChild.textContent);
      }
      section.replaceWith(set);
      ul.append(...section.querySelectorAll('.more'));
    }
  }

  function update(counts) {
    for (const [kind, { all, set }] of groups) {
      for (const [value, { check, count, item }] of all) {
        const number = counts.get(kind)?.get(value) || 0;
        count.textContent = number.toLocaleString('en');
        item.hidden = number === 0 && !check.checked;
      }
      set.hidden = [...all.values()].every(({ item }) => item.hidden);
    }
  }

  // Writes the query and the filters into the address.
  function address(how) {
    if (!home) return;
    const params = new URLSearchParams(input.value.trim() ? { q: input.value.trim() } : {});
    for (const [kind, values] of wanted) for (const value of values) params.append(kind, value);
    history[how](null, '', params.size ? `?${params}` : location.pathname);
  }

  function read() {
    const params = new URLSearchParams(location.search);
    input.value = params.get('q') || '';
    wanted = new Map([...groups.keys()].map((kind) => [kind, new Set(params.getAll(kind))]));
    for (const [kind, { all }] of groups) {
      for (const value of wanted.get(kind)) if (!all.has(value)) box(kind, value, value, '');
      for (const [value, { check }] of all) check.checked = wanted.get(kind).has(value);
    }
    if (location.search) load();
    show();
  }

  function act(how = 'replaceState') { load(); address(how); show(); }

  input.addEventListener('focus', () => { load(); if (!home) show(); });
  input.addEventListener('input', () => act());
  input.form.addEventListener('submit', (event) => {
    if (home) [event.preventDefault(), list.querySelector('a')?.focus()];
  });
  document.addEventListener('click', (event) => {
    if (!home && !place.contains(event.target) && event.target !== input) place.hidden = true;
  });
  document.addEventListener('keydown', (event) => {
    const { key, target } = event;
    const typing = target.matches('input:not([type=checkbox]), textarea, select');
    if (key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      [event.preventDefault(), input.focus(), input.select()];
    } else if (key === 'Escape' && (target === input || place.contains(target))) {
      event.preventDefault();
      if (target === input && input.value) [input.value = '', act()];
      else if (target === input) input.blur();
      else input.focus();
      if (!home) place.hidden = true;
    } else if (key === 'ArrowDown' || key === 'ArrowUp') {
      const links = [input, ...((place.hidden ? listing : place)?.querySelectorAll('h3 a') || [])];
      const next = links.includes(target) && links[links.indexOf(target) + (key === 'ArrowDown' ? 1 : -1)];
      if (next) [event.preventDefault(), next.focus()];
    }
  });
  if (!home) return;
  boxes();
  filters.open = !matchMedia('(max-width: 52rem)').matches;
  addEventListener('popstate', read);
  read();
}

// Adds a copy button to each code in `within` that is made for copying.
function copies(within = document) {
  if (!navigator.clipboard) return;
  const said = document.querySelector('#said') || make('p', { id: 'said', class: 'hide', role: 'status' });
  document.body.append(said);
  for (const code of within.querySelectorAll('[data-copy], .way pre code')) {
    const button = make('button', { type: 'button', class: 'copy', 'aria-label': 'Copy' }, icon('copy'));
    const pre = code.closest('pre');
    const around = make('div', { class: 'snip' });
    if (pre) [pre.replaceWith(around), around.append(pre, button)];
    else code.after(button);
    const turn = (done) => {
      button.replaceChildren(icon(done ? 'check' : 'copy'));
      button.classList.toggle('done', done);
      said.textContent = done ? 'Copied' : '';
    };
    const done = () => { turn(true); setTimeout(turn, 1600, false); };
    const failed = () => getSelection().selectAllChildren(code);
    button.addEventListener('click', () => navigator.clipboard.writeText(code.textContent).then(done, failed));
  }
}

// Removes pictures that do not load, so that the letter on their tile is shown.
function pictures() {
  const drop = (img) => img.matches('.tile img') && img.remove();
  document.addEventListener('error', (event) => drop(event.target), true);
  [...document.images].filter((img) => img.complete && img.naturalWidth === 0).forEach(drop);
}

if (typeof module === 'object') module.exports = { Index, fold, words, oneEdit, hue, dayText };
else {
  document.documentElement.classList.add('scripted');
  pictures();
  copies();
  search();
}
