// What people do: search, filter, use the keyboard, choose a client, copy, browse without scripts.
import assert from 'node:assert/strict';

const results = (page) => page.locator('#results ul.rows:visible > li');
const status = (page) => page.locator('#status');
const ready = (page, text) => page.waitForFunction((t) => document.querySelector('#status').textContent.includes(t), text);

async function search(page, base) {
  const asked = [];
  page.on('request', (request) => request.url().includes('/assets/search/') && asked.push(request.url()));
  await page.goto(base);
  await page.waitForTimeout(200);
  assert.deepEqual(asked, [], 'the index is not loaded before it is needed');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  await page.keyboard.type('tide');
  await ready(page, 'for “tide”');
  assert.ok(asked.length >= 2);
  assert.equal(await results(page).first().locator('h3').textContent(), 'Tides & Currents');
  assert.ok(page.url().endsWith('?q=tide'));
  await page.fill('#q', 'tidse'); // one mistake
  await ready(page, 'for “tidse”');
  assert.equal(await results(page).first().locator('h3').textContent(), 'Tides & Currents');
  await page.reload();
  await ready(page, 'for “tidse”');
  assert.equal(await page.inputValue('#q'), 'tidse');
  await page.fill('#q', 'qqqzzz');
  await ready(page, '0 servers');
  assert.ok(await page.getByText('No server matches').isVisible());
  await page.getByRole('button', { name: 'Clear search' }).last().click();
  assert.ok(!page.url().includes('?') && await page.locator('#listing').isVisible());
  await page.fill('#q', 'tides and curents qqq'); // nothing has all of it
  await ready(page, '0 servers');
  assert.ok(await page.locator('.near').getByText('Tides & Currents').isVisible());
  await page.fill('#q', 'curr');
  await ready(page, 'for “curr”');
  assert.deepEqual(await results(page).locator('h3 mark').allTextContents(), ['Currents'], 'whole words are marked');
  assert.ok(await page.locator('.hero').evaluate((hero) => hero.offsetHeight <= 1), 'results come first');
  await page.locator('.empty-field').click();
  assert.equal(await page.inputValue('#q'), '');
  assert.ok(!page.url().includes('?'));
}

// The order of the list, in the address.
async function order(page, base) {
  const titles = () => results(page).locator('h3').allTextContents();
  await page.goto(base);
  const updated = await titles();
  await page.getByRole('link', { name: 'Name' }).click();
  await page.waitForFunction(() => location.search === '?sort=name' && !document.getElementById('listing').checkVisibility());
  const byName = await titles();
  assert.deepEqual(byName, [...byName].sort((a, b) => a.localeCompare(b, 'en', { sensitivity: 'base' })));
  assert.deepEqual([...updated].sort(), [...byName].sort());
  await page.getByRole('link', { name: 'Newest' }).click();
  await page.waitForFunction(() => location.search === '?sort=newest');
  assert.equal((await titles())[0], 'Status Page');
  await page.reload();
  await page.waitForFunction(() => document.querySelector('#sort [aria-current]')?.textContent === 'Newest');
  await page.getByRole('link', { name: 'Updated' }).click();
  assert.deepEqual(await titles(), updated);
  assert.ok(!page.url().includes('?'));
}

// A page for a wrong address names servers that the reader may have meant.
async function lost(page, base) {
  await page.goto(`${base}servers/com.example.lighthouse/tide/`);
  await page.locator('#near a').first().waitFor();
  assert.equal(await page.locator('#near a').first().textContent(), 'Tides & Currents');
  await page.fill('#q404', 'weather');
  await page.press('#q404', 'Enter');
  await page.waitForURL('**/tools/?q=weather');
}

// Nothing moves while a page loads, on a desk and on a phone.
async function still(page, base) {
  const moved = [];
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    for (const path of ['', '?q=tide', '?package=npm', 'browse/', 'changes/', 'numbers/', 'servers/com.example.lighthouse/tides/']) {
      await page.goto(base + path);
      await page.waitForTimeout(300);
      const shift = await page.evaluate(() => new Promise((done) => {
        let sum = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; })).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(sum), 100);
      }));
      if (shift > 0.05) moved.push(`${path} at ${width}: ${shift.toFixed(3)}`);
    }
  }
  assert.deepEqual(moved, []);
}

// The menu of a narrow page.
async function menu(page, base) {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(base);
  assert.ok(await page.locator('.top').evaluate((top) => top.getBoundingClientRect().height < 64), 'one row');
  assert.ok(await page.getByRole('link', { name: 'Changes', exact: true }).isHidden());
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('link', { name: 'Changes', exact: true }).click();
  await page.waitForURL('**/changes/');
}

async function keyboard(page, base) {
  await page.goto(base);
  await page.keyboard.press('/');
  await page.keyboard.type('weather');
  await ready(page, 'for “weather”');
  await page.keyboard.press('ArrowDown');
  const at = () => page.evaluate(() => document.activeElement.textContent);
  assert.equal(await at(), 'Almanac Weather');
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/servers/com.example.almanac/weather/');
  await page.goBack();
  await ready(page, 'for “weather”');
  await page.focus('#q');
  await page.keyboard.press('Escape');
  assert.equal(await page.inputValue('#q'), '');
  assert.ok(await page.locator('#listing').isVisible());
  await page.keyboard.press('ArrowDown'); // the prepared list too
  assert.notEqual(await at(), '');
  await page.goto(base);
  await page.keyboard.press('Tab');
  assert.equal(await at(), 'Skip to content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
}

async function panel(page, base) {
  await page.goto(`${base}changes/`);
  await page.keyboard.press('/');
  await page.keyboard.type('tides');
  const link = page.locator('#panel h3 a').first();
  await link.waitFor();
  assert.match(await page.locator('#panel [role=status]').textContent(), /servers? for “tides”/);
  await page.keyboard.press('Escape');
  assert.ok(await page.locator('#panel').isHidden());
  await page.keyboard.type('tides');
  await link.waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/servers/com.example.lighthouse/tides/');
  await page.fill('#q', 'note');
  await page.locator('#panel h3 a').first().waitFor();
  await page.press('#q', 'Enter'); // the whole list of answers
  await page.waitForURL('**/?q=note');
  await ready(page, 'for “note”');
}

async function facets(page, base) {
  await page.goto(base);
  const npm = page.getByRole('checkbox', { name: /^npm/ });
  await npm.check();
  await ready(page, '2 servers');
  assert.ok(page.url().endsWith('?package=npm'));
  await page.getByRole('checkbox', { name: /^PyPI/ }).check(); // or
  await page.waitForFunction(() => document.querySelectorAll('#results ul.rows:not(#list) > li').length === 4);
  await page.getByRole('checkbox', { name: /^Streamable HTTP/ }).check(); // and
  await page.waitForFunction(() => location.search.includes('transport=streamable-http'));
  const titles = await results(page).locator('h3').allTextContents();
  assert.ok(titles.includes('Tides & Currents') && titles.length < 4, titles.join());
  assert.equal(await page.locator('fieldset legend').first().textContent(), 'Package type');
  await page.goBack();
  await page.goBack();
  await ready(page, '2 servers');
  assert.ok(await npm.isChecked());
  await page.goto(`${base}?namespace=net.example.parcel&q=ship`);
  await ready(page, 'for “ship”');
  assert.ok((await results(page).locator('.id').allTextContents()).every((name) => name.startsWith('net.example.parcel/')));
  assert.ok(await page.getByRole('checkbox', { name: /net\.example\.parcel/ }).isChecked());
  await page.goto(`${base}browse/package/npm/`);
  await page.getByText('Search and filter these').click();
  await ready(page, '2 servers');
}

async function tabs(page, base) {
  const server = `${base}servers/com.example.lighthouse/tides/`;
  await page.goto(server);
  const all = page.getByRole('tab');
  assert.deepEqual((await all.allTextContents()).slice(0, 3), ['VS Code', 'Copilot CLI', 'Claude Code']);
  assert.equal(await page.locator('[role=tabpanel]:visible').count(), 1);
  await page.getByRole('tab', { name: 'Claude Code' }).click();
  assert.ok(await page.getByText('claude mcp add').first().isVisible());
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('[role=tab][aria-selected=true]').textContent(), 'Cursor');
  await page.keyboard.press('End');
  assert.equal(await page.locator('[role=tab][aria-selected=true]').textContent(), 'More clients');
  await page.getByRole('button', { name: 'Codex' }).click();
  assert.ok(await page.getByText('codex mcp add').first().isVisible());
  await page.goto(`${base}servers/com.example.almanac/weather/`);
  assert.equal(await page.locator('[aria-pressed=true]').textContent(), 'Codex', 'another client is remembered');
  await page.getByRole('tab', { name: 'Cursor' }).click();
  await page.goto(`${base}servers/com.example.almanac/weather/`);
  assert.equal(await page.locator('[role=tab][aria-selected=true]').textContent(), 'Cursor', 'the choice is remembered');
}

async function copy(page, base) {
  await page.goto(`${base}servers/com.example.lighthouse/tides/`);
  await page.getByRole('tab', { name: 'JSON' }).click();
  const snip = page.locator('.snip:visible').first();
  await snip.getByRole('button', { name: 'Copy' }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await snip.locator('code').textContent());
  await page.getByText('Copied').waitFor({ state: 'attached' });
  const name = page.locator('.head .id');
  await name.getByRole('button', { name: 'Copy' }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'com.example.lighthouse/tides');
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await page.reload();
  assert.equal(await page.getByRole('button', { name: 'Copy' }).count(), 0);
}

async function scriptless(page, base) {
  await page.goto(base);
  assert.equal(await page.locator('#list > li').count(), 12);
  assert.equal(await page.locator('.copy, [role=tab], input[type=checkbox]').count(), 0);
  await page.getByRole('link', { name: /^npm/ }).click();
  await page.waitForURL('**/browse/package/npm/');
  assert.equal(await page.locator('#list > li').count(), 2);
  await page.getByRole('link', { name: 'Tides & Currents' }).click();
  await page.locator('[data-tab=claude-code] > summary').click();
  assert.ok(await page.getByText('claude mcp add').first().isVisible());
  await page.locator('[data-tab=more] > summary').click();
  await page.getByRole('link', { name: 'where each keeps its servers' }).click();
  assert.ok(await page.getByText('~/.codex/config.toml').isVisible());
  await page.fill('#q', 'anything');
  await page.press('#q', 'Enter');
  await page.waitForURL('**/tools/?q=anything');
  assert.equal(await page.locator('#list > li:visible').count(), 12);
  assert.ok(await page.locator('noscript .note').isVisible());
}
scriptless.options = { javaScriptEnabled: false };

// On real data: the answer that one expects, and soon.
async function real(page, base) {
  await page.goto(base);
  await page.focus('#q');
  const taken = [];
  for (const [query, first] of [['github', 'GitHub'], ['githb', 'GitHub'], ['postgres', 'postgres'], ['io.github.brightdata/brightdata-mcp', 'brightdata-mcp']]) {
    await page.fill('#q', '');
    await page.fill('#q', query);
    await ready(page, `for “${query}”`);
    assert.equal(await results(page).first().locator('h3').textContent(), first, query);
    taken.push(await page.evaluate((text) => {
      const input = document.getElementById('q');
      const started = performance.now();
      input.value = text;
      input.dispatchEvent(new Event('input'));
      return performance.now() - started;
    }, query));
  }
  await page.fill('#q', 'mcp');
  await ready(page, 'for “mcp”');
  assert.equal(await results(page).count(), 40);
  await page.getByRole('button', { name: /^Show more/ }).click();
  assert.equal(await results(page).count(), 240);
  assert.match(await status(page).textContent(), /^[\d,]+ servers for/);
  return `slowest answer with rows ${Math.max(...taken).toFixed(0)} ms`;
}

async function pages(page, base) {
  await page.goto(base);
  assert.equal(await page.locator('#list > li').count(), 40);
  await page.getByRole('link', { name: /^All [\d,]+ servers$/ }).click();
  let listed = 0;
  for (;;) {
    listed += await page.locator('#list > li').count();
    const next = page.locator('a[rel=next]');
    if (await next.count() === 0) break;
    await next.click();
    await page.waitForLoadState();
  }
  const { servers } = await (await page.request.get(`${base}assets/search/index.json`)).json();
  assert.equal(listed, servers);
}

// A part of an index of many servers: the servers of `shard` over and over, each time with other names.
function multiplied(shard, part, servers) {
  const own = shard.names.length;
  const repeat = (column) => Array.from({ length: servers }, (_, i) => column[i % own]);
  const columns = ['titles', 'descriptions', 'versions', 'updated', 'created', 'remote', 'packages', 'tags'];
  const many = { words: shard.words, icons: {}, masks: {} };
  for (const key of columns) many[key] = repeat(shard[key]);
  for (const kind of Object.keys(shard.masks)) many.masks[kind] = repeat(shard.masks[kind]);
  many.names = repeat(shard.names).map((name, i) => `${name}-${part}x${Math.floor(i / own)}`);
  many.titles = many.titles.map((title, i) => (title ? `${title} ${part}x${Math.floor(i / own)}` : ''));
  return many;
}

// The largest registry that the search is made for, in 32 parts. The bound is wide, so that a busy
// machine passes; the figure is printed.
const MANY = 25_000;
const SOON = 500;
async function many(page, base) {
  const { shards: [first] } = await (await page.request.get(`${base}assets/search/index.json`)).json();
  const shard = await (await page.request.get(`${base}assets/search/${first}`)).json();
  const parts = Array.from({ length: 32 }, (_, i) => `${i}.many.json`);
  await page.route('**/assets/search/*.json', (route) => {
    const part = parts.indexOf(new URL(route.request().url()).pathname.split('/').at(-1));
    return route.fulfill({ json: part < 0 ? { servers: MANY, shards: parts } : multiplied(shard, part, Math.ceil(MANY / 32)) });
  });
  await page.goto(base);
  await page.focus('#q');
  await page.fill('#q', 'server');
  await ready(page, 'for “server”');
  const taken = {};
  for (const query of ['a', 'ser', 'mcp', 'servre', 'zzqqxx']) {
    taken[query] = await page.evaluate((text) => {
      const input = document.getElementById('q');
      return Math.min(...Array.from({ length: 5 }, () => {
        const started = performance.now();
        input.value = text;
        input.dispatchEvent(new Event('input'));
        return performance.now() - started;
      }));
    }, query);
    await ready(page, `for “${query}”`);
  }
  const [slowest, ms] = Object.entries(taken).sort((a, b) => b[1] - a[1])[0];
  assert.ok(ms < SOON, `“${slowest}” took ${ms.toFixed(0)} ms`);
  return `first rows after at most ${ms.toFixed(0)} ms, for “${slowest}”`;
}

// The journeys of the sample registry or of real data.
export function journeys(isReal) {
  if (isReal) return [['search', real], ['search in 25,000 servers', many], ['pages of the list', pages]];
  return [['search', search], ['order', order], ['wrong address', lost],
    ['no shift', still], ['menu', menu], ['keyboard', keyboard], ['panel', panel], ['facets', facets], ['tabs', tabs],
    ['copy', copy], ['without JavaScript', scriptless]];
}
