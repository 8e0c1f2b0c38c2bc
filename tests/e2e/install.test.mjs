// The packed texts of "More clients" are what the tool writes for those clients. SITE has the usual first
// row of tabs; in ALL every client is in it, so that its pages have the tool's own text for each, except for
// what is packed there too. That the links are right is tested in the browser.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

const require = createRequire(import.meta.url);
const { address, check, expand } = require('../../site/install.js');
const { WAY, additions, plain, shared, textsOf, unpack: read } = require('./packed.cjs');
const { SITE, ALL } = process.env;

const notesOf = (html) => [...html.matchAll(/<p class=note>([^<]*)/g)].map((note) => plain(note[1]));

function* pages(folder) {
  for (const namespace of readdirSync(join(folder, 'servers'))) {
    for (const name of readdirSync(join(folder, 'servers', namespace))) yield `servers/${namespace}/${name}/index.html`;
  }
}

const SHARED = shared(SITE);
const unpack = (page, path) => read(page, SHARED, path);

// Links, commands and files of a way.
const contents = (fields) => fields.filter(([kind]) => 'hebcpx'.includes(kind)).map(([kind, text]) => ('heb'.includes(kind) ? address(kind, text) : text));

test('every packed text is what the tool writes', () => {
  let compared = 0;
  for (const path of pages(SITE)) {
    const page = readFileSync(join(SITE, path), 'utf8');
    const all = readFileSync(join(ALL, path), 'utf8');
    if (!page.includes(' data-more="')) {
      assert.ok(!all.includes('data-tab='), `${path} has something to install`);
      continue;
    }
    const install = all.split('<section class=install')[1].split('</section>')[0];
    // Notes that all clients have are once below the tabs, with what they are about.
    const lifted = (html) => notesOf(html.split('<section class=install')[1].split('</section>')[0].split('</details>').at(-1)).map((note) => note.replace(/^[^:.]*: /, ''));
    const added = additions(unpack(all, path));
    const before = new Map(install.split('data-tab=').slice(1).map((tab, i, tabs) => [tab.match(/^[\w-]+/)[0], tabs.slice(0, i).join('').split(WAY).length - 1]));
    for (const { id, label, ways } of unpack(page, path).slice(1)) {
      const tab = install.split(`data-tab=${id}>`)[1].split('<details data-tab')[0];
      assert.ok(tab.includes(`<summary>${label}</summary>`), `${path} ${id}`);
      const parts = tab.split(WAY).slice(1);
      assert.equal(parts.length, ways.length, `${path} ${id}`);
      ways.forEach((fields, i) => {
        const wanted = [...textsOf(parts[i]), ...contents(added.get(before.get(id) + i) || [])];
        assert.deepEqual(contents(fields).sort(), wanted.sort(), `${path} ${id}`);
      });
      const notes = (fields) => fields.filter(([kind]) => kind === 'n').map((field) => field[1]);
      const more = notes(ways.flatMap((_, i) => added.get(before.get(id) + i) || []));
      const [here, there] = [notes(ways.flat()), [...notesOf(tab), ...more]];
      for (const note of here) assert.ok([...there, ...lifted(all)].some((other) => other.endsWith(note.replace(/^[^:.]*: /, ''))), `${path} ${id}: ${note}`);
      for (const note of there) assert.ok([...here, ...lifted(page)].some((other) => other.endsWith(note.replace(/^[^:.]*: /, ''))), `${path} ${id}: ${note}`);
      if (ways.length > 1) {
        const headings = ways.map((way) => way.filter(([kind]) => 'wd'.includes(kind)).map(([kind, text]) => (kind === 'd' ? `(${text})` : text)).join(' '));
        assert.deepEqual(headings, [...tab.matchAll(/<h3>([^]*?)<\/h3>/g)].map((heading) => plain(heading[1])), `${path} ${id}`);
      }
      compared += 1;
    }
  }
  assert.ok(compared > 80, `only ${compared} tabs were compared`);
  console.log(`${compared} tabs compared`);
});

test('a text of many copies takes time and memory for its length alone', () => {
  const dictionary = 'a'.repeat(1_000_000);
  const started = Date.now();
  const text = expand('x~!-*'.repeat(40_000), dictionary);
  assert.ok(text.length > 40_000 * 6);
  assert.ok(Date.now() - started < 5_000, `${Date.now() - started} ms`);
});

test('what a template has no place for comes last', () => {
  const added = [];
  const nothing = () => null;
  const way = { querySelector: nothing, querySelectorAll: () => [], append: (...nodes) => added.push(...nodes) };
  const texts = [{ getAttribute: nothing, textContent: 'abc' }];
  const box = {
    children: [], classList: { add: nothing }, dataset: { more: 'w0|fa.json|x{}|', check: check('abc') }, prepend: nothing, querySelector: nothing,
    querySelectorAll: (selector) => ({ '.way': [way], '.way .open a, .way pre code': texts })[selector] ?? [],
  };
  const make = (name, _, ...children) => ({ children, append: nothing, addEventListener: nothing });
  const document = { querySelectorAll: (selector) => (selector === '.tabs' ? [box] : []) };
  const script = readFileSync(new URL('../../site/install.js', import.meta.url), 'utf8');
  runInNewContext(script, { SHARED: '', copies: nothing, document, localStorage: { getItem: nothing }, make, navigator: { platform: '' } });
  assert.deepEqual(added.flatMap((node) => node.children.flatMap((child) => child.children ?? [])), ['a.json', '{}']);
});
