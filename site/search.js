// Search, filters and order: on the front page in place of the list, elsewhere in a panel.

// Path of the site's root: this script is in its folder of assets.
const ROOT = new URL('..', document.currentScript.src).pathname;

// Text with the words marked that a term matches.
const marked = (text, terms) => marks(text, terms).map((part, i) => (i % 2 ? make('mark', {}, part) : part));

// A server as the prepared lists show it.
function row(index, server, terms, at) {
  const letter = (server.title.match(/[\p{L}\p{N}]/u) || server.name)[0].toUpperCase();
  const item = make('li', { class: `hue${hue(server.name)}`, 'data-letter': letter });
  const look = { alt: '', width: 36, height: 36, loading: 'lazy', decoding: 'async', referrerpolicy: 'no-referrer' };
  if (server.icon) item.append(make('img', { ...look, src: server.icon }));
  const labels = (kind) => (server.has.get(kind) || []).map((value) => index.labels.get(`${kind} ${value}`));
  const chips = [...labels('package'), ...(server.remote ? ['Remote'] : [])];
  if (chips.length === 0) chips.push(...labels('transport').slice(0, 1));
  chips.push(...labels('tier'));
  const chip = (kind) => (text) => make('span', { class: `chip${kind}` }, text);
  const warnings = server.has.get('status')?.filter((value) => value !== 'active') || [];
  if (server.has.get('review')?.includes('expired')) warnings.push('review expired');
  const proven = (server.has.get('proof') || []).some((value) => !['upstream', 'unrecorded'].includes(value));
  item.append(
    make('h3', {}, make('a', { href: `${ROOT}servers/${server.name}/` }, ...marked(server.title, terms))),
    make('p', { class: 'id' }, ...marked(server.name, terms)),
    make('p', { class: 'news' }, make('span', { class: 'version' }, server.version), ' ', make('time', {}, dayText(at(server)))),
    make('p', {}, ...marked(server.description, terms)),
    make('p', { class: 'chips' }, ...warnings.map(chip(' warn')), ...(proven ? labels('proof').map(chip(' good')) : []), ...chips.map(chip(''))));
  return item;
}

// The index, loaded once when it is asked for. `state` is 'loading', 'ready' or 'failed' from then on.
const store = {
  index: new Index(),
  state: '',
  async load(then) {
    if (this.state === 'loading' || this.state === 'ready') return;
    this.state = 'loading';
    const json = (answer) => (answer.ok ? answer.json() : Promise.reject(answer));
    const get = (file) => fetch(`${ROOT}assets/search/${file}`).then(json);
    try {
      const { shards } = await get('index.json');
      await Promise.all(shards.map((file) => get(file).then((shard) => this.index.add(shard))));
      this.state = 'ready';
    } catch { this.state = 'failed'; }
    then();
  },
};

// The filters of the front page: the prepared links become check boxes.
class Filters {
  constructor(node, changed) {
    this.wanted = new Map(); // kind → values
    this.groups = new Map(); // kind → { all: value → box, ul, set }
    for (const section of node.querySelectorAll('[data-facet]')) {
      const kind = section.dataset.facet;
      const ul = make('ul');
      const set = make('fieldset', {}, make('legend', {}, section.querySelector('h2').textContent), ul);
      this.groups.set(kind, { all: new Map(), ul, set });
      for (const link of section.querySelectorAll('[data-value]')) {
        this.box(kind, link.dataset.value, link.firstElementChild.textContent, link.lastElementChild.textContent);
      }
      section.replaceWith(set);
      ul.append(...section.querySelectorAll('.more'));
    }
    node.addEventListener('change', ({ target: { name } }) => {
      const values = [...this.groups.get(name).all].filter(([, made]) => made.check.checked).map(([value]) => value);
      this.wanted.set(name, new Set(values));
      changed();
    });
  }

  box(kind, value, label, number) {
    const { all, ul } = this.groups.get(kind);
    const check = make('input', { type: 'checkbox', name: kind, value });
    const count = make('span', { class: 'count' }, number);
    const item = make('li', {}, make('label', {}, check, make('span', {}, label), count));
    ul.insertBefore(item, ul.querySelector('.more'));
    all.set(value, { check, count, item, before: number });
  }

  get active() { return [...this.wanted.values()].some((values) => values.size > 0); }

  // Takes the filters of an address.
  read(params) {
    this.wanted = new Map([...this.groups.keys()].map((kind) => [kind, new Set(params.getAll(kind))]));
    for (const [kind, { all }] of this.groups) {
      for (const value of this.wanted.get(kind)) if (!all.has(value)) this.box(kind, value, value, '');
      for (const [value, { check }] of all) check.checked = this.wanted.get(kind).has(value);
    }
  }

  // Shows the numbers of a result, or those of the whole list without one. A filter that would leave
  // nothing is hidden, and so is a kind with a single value.
  update(counts) {
    for (const [kind, { all, set }] of this.groups) {
      const found = counts?.get(kind);
      const often = [...(found || [])].sort((a, b) => b[1] - a[1]).slice(0, 8);
      for (const [value] of often) if (!all.has(value)) this.box(kind, value, store.index.labels.get(`${kind} ${value}`) || value, '');
      let shown = 0;
      for (const [value, { check, count, item, before }] of all) {
        count.textContent = counts ? (found?.get(value) || 0).toLocaleString('en') : before;
        item.hidden = !check.checked && (counts ? !found?.get(value) : before === '');
        shown += item.hidden ? 0 : 1;
      }
      set.hidden = shown < 2 && ![...all.values()].some(({ check }) => check.checked);
    }
  }
}

function search() {
  const input = document.getElementById('q');
  const panel = document.getElementById('filters');
  const home = document.getElementById('listing') !== null;
  const [listing, head, order] = ['listing', 'results-head', 'sort'].map((id) => document.getElementById(id));
  const place = home ? make('div', { hidden: '' }) : make('section', { id: 'panel', class: 'panel', 'aria-label': 'Search results', hidden: '' });
  const status = home ? document.getElementById('status') : make('p', { class: 'status', role: 'status' });
  const prepared = [status.textContent, head?.textContent];
  const list = make('ul', { class: 'rows' });
  const foot = make('div', { class: 'more-results' });
  const empty = make('button', { type: 'button', class: 'empty-field', 'aria-label': 'Clear search', hidden: '' }, '×');
  const clear = make('a', { class: 'clear', href: location.pathname }, 'Clear search and filters');
  const best = make('a', { href: location.pathname, 'data-sort': 'best', hidden: '' }, 'Best match');
  for (const [name, value] of Object.entries({ autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', 'aria-keyshortcuts': '/' })) input.setAttribute(name, value);
  input.after(empty, make('kbd', { 'aria-hidden': 'true' }, '/'));
  if (!home) document.querySelector('.top').after(make('div', { class: 'wrap panel-place' }, place));
  order?.prepend(best);
  if (home) [listing.after(place), order.before(clear)];
  place.append(...(home ? [list, foot] : [status, list, foot]));
  const filters = home && panel ? new Filters(panel, () => act('pushState')) : null;
  let sort = null; // an order that was chosen

  function show(limit = home ? 40 : 8) {
    const query = input.value.trim();
    const searching = query !== '' || Boolean(filters?.active);
    const active = searching || (home && sort !== null);
    const by = sort || (query ? 'best' : 'updated');
    const { index, state } = store;
    empty.hidden = best.hidden = query === '';
    if (state !== 'loading') document.documentElement.classList.remove('waiting');
    document.documentElement.classList.toggle('searching', home && searching);
    if (state === 'ready' || state === 'failed' || !home) place.hidden = !active; // until then the list stays
    if (home) {
      [listing.hidden, clear.hidden] = [active && state === 'ready', !searching];
      const heads = { updated: 'Recently updated', name: 'All servers', newest: 'Newest' };
      head.textContent = searching ? 'Results' : heads[by] || prepared[1];
      for (const link of order.querySelectorAll('a')) link.toggleAttribute('aria-current', link.dataset.sort === by);
      for (const link of order.querySelectorAll('[aria-current]')) link.setAttribute('aria-current', 'true');
    }
    const { hits, counts, terms } = active ? index.search(query, filters?.wanted, by) : { hits: [], terms: [] };
    if (state === 'ready') filters?.update(active ? counts : null);
    const at = by === 'newest' ? (server) => server.created : (server) => server.updated;
    list.replaceChildren(...hits.slice(0, limit).map((server) => row(index, server, terms, at)));
    const about = `${counted(hits.length)}${query ? ` for “${query}”` : ''}`;
    const says = { ready: about, failed: 'The search index could not be loaded.' };
    status.textContent = active ? says[state] || 'Loading…' : prepared[0];
    foot.replaceChildren(...(active && state === 'ready' ? below(query, hits, limit) : []));
  }

  // What stands below the results: more of them, or a way on where there are none.
  function below(query, hits, limit) {
    if (hits.length > limit && !home) return [make('a', { href: `${ROOT}?q=${encodeURIComponent(query)}` }, `All ${counted(hits.length)}`)];
    if (hits.length > limit) {
      const more = make('button', { type: 'button', class: 'button quiet' }, `Show more of ${counted(hits.length)}`);
      more.onclick = () => { show(limit + 200); list.children[limit]?.querySelector('a').focus(); };
      return [more];
    }
    if (hits.length > 0) return [];
    const none = make('div', { class: 'empty' }, make('strong', {}, 'No server matches'));
    const near = query ? store.index.nearest(query) : [];
    if (near.length > 0) none.append(make('p', {}, 'Servers with a similar name:'), links(near));
    const reset = make('button', { type: 'button', class: 'button quiet' }, 'Clear search');
    reset.onclick = reset_all;
    none.append(reset);
    return [none];
  }

  function reset_all() {
    input.value = '';
    filters?.read(new URLSearchParams());
    act('pushState');
    input.focus();
  }

  // Writes the query, the filters and the order into the address.
  function address(how) {
    if (!home) return;
    const params = new URLSearchParams(input.value.trim() ? { q: input.value.trim() } : {});
    for (const [kind, values] of filters?.wanted || []) for (const value of values) params.append(kind, value);
    if (sort) params.append('sort', sort);
    history[how](null, '', params.size ? `?${params}` : location.pathname);
  }

  function read() {
    const params = new URLSearchParams(location.search);
    input.value = params.get('q') || '';
    sort = ['updated', 'name', 'newest'].find((known) => known === params.get('sort')) || null;
    filters?.read(params);
    if (location.search) store.load(show);
    document.documentElement.classList.toggle('waiting', location.search !== '' && store.state === 'loading');
    show();
  }

  function act(how = 'replaceState') { store.load(show); address(how); show(); }

  empty.onclick = () => { input.value = ''; act(); input.focus(); };
  clear.onclick = (event) => { event.preventDefault(); reset_all(); };
  order?.addEventListener('click', (event) => {
    const chosen = event.target.dataset.sort;
    if (!chosen || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    sort = chosen === (input.value.trim() ? 'best' : 'updated') ? null : chosen;
    act('pushState');
  });
  input.addEventListener('focus', () => { store.load(show); if (!home) show(); });
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
      const all = [input, ...((place.hidden ? listing : place)?.querySelectorAll('h3 a') || [])];
      const next = all.includes(target) && all[all.indexOf(target) + (key === 'ArrowDown' ? 1 : -1)];
      if (next) [event.preventDefault(), next.focus()];
    }
  });
  if (!home) return;
  if (panel) panel.open = matchMedia('(min-width: 52.01rem)').matches; // there the style sheet shows it either way
  addEventListener('popstate', read);
  read();
}

const links = (servers) => make('ul', { class: 'near' }, ...servers.map((server) => make('li', {},
  make('a', { href: `${ROOT}servers/${server.name}/` }, server.title), ' ', make('code', {}, server.name))));

// On the page for wrong addresses: servers whose names are like the address.
function near() {
  const place = document.getElementById('near');
  if (!place) return;
  const parts = location.pathname.slice(ROOT.length).split('/').filter(Boolean);
  const wanted = parts[0] === 'servers' ? parts.slice(1, 3).join('/') : parts.join(' ');
  store.load(() => {
    const found = store.index.nearest(decodeURIComponent(wanted), 5);
    place.hidden = found.length === 0;
    place.append(links(found));
  });
}
