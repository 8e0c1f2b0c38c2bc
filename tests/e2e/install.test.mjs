// The packed texts of "More clients" are what the tool writes for those clients. SITE has the usual first
// row of tabs; in ALL every client is in it, so that its pages have the tool's own text for each.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

const { expand, check, dictionaryOf, clientsOf } = createRequire(import.meta.url)('../../site/install.js');
const { SITE, ALL } = process.env;

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const plain = (html) => html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name]);

// The texts of a piece of a page, in order: links, commands and files.
const textsOf = (html) => [...html.matchAll(/<a class="button[^"]*" href="([^"]*)"|<pre[^>]*><code>([^]*?)<\/code><\/pre>/g)]
  .map(([, link, code]) => plain(link ?? code));
const notesOf = (html) => [...html.matchAll(/<p class="note">([^]*?)<\/p>/g)].map((note) => plain(note[1]));

// Links to other editions, which the script adds, are left out of both.
function without(texts) {
  return texts.filter((text) => !text.startsWith('vscode-insiders:'));
}

function* pages(folder) {
  for (const namespace of readdirSync(join(folder, 'servers'))) {
    for (const name of readdirSync(join(folder, 'servers', namespace))) yield `servers/${namespace}/${name}/index.html`;
  }
}

function shared() {
  const file = readdirSync(join(SITE, 'assets')).find((name) => /^install\..*\.js$/.test(name));
  const line = readFileSync(join(SITE, 'assets', file), 'utf8').split('\n')[1];
  return JSON.parse(line.slice(line.indexOf('"'), -1));
}

test('every packed text is what the tool writes', () => {
  let compared = 0;
  for (const path of pages(SITE)) {
    const page = readFileSync(join(SITE, path), 'utf8');
    const all = readFileSync(join(ALL, path), 'utf8');
    if (!page.includes('data-more="')) {
      assert.ok(!all.includes('data-tab='), `${path} has something to install`);
      continue;
    }
    const [first, rest] = page.slice(page.indexOf('data-tabs')).split('data-more="');
    const dictionary = dictionaryOf(shared(), textsOf(first));
    const [, packed, sum] = rest.match(/^([^"]*)" data-check="([^"]*)"/);
    assert.equal(check(dictionary), sum, path);
    // Notes that all clients have are once below the tabs.
    const lifted = notesOf(all.split('<section class="install"')[1].split('</section>')[0].split('</details>').at(-1));
    for (const { id, label, ways } of clientsOf(expand(plain(packed), dictionary))) {
      const tab = all.split(`data-tab="${id}"`)[1].split(/<details class="tab"|<section /)[0];
      assert.ok(tab.includes(`<summary>${label}</summary>`), `${path} ${id}`);
      const fields = ways.flat();
      const texts = fields.filter(([kind]) => 'hscpx'.includes(kind)).map((field) => field[1]);
      assert.deepEqual(without(texts), without(textsOf(tab)), `${path} ${id}`);
      const notes = fields.filter(([kind]) => kind === 'n').map((field) => field[1]);
      assert.deepEqual(new Set(notes), new Set([...notesOf(tab), ...lifted]), `${path} ${id}`);
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
