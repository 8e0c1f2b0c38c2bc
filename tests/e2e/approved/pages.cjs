// What the pages of a site say of each client, as their script completes them: by server, then by client, the
// commands and files in order, without those for PowerShell.
//
//   pages.cjs SITE
'use strict';
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const { expand, check, ascii, clientsOf } = require('../../../site/install.js');

const site = process.argv[2];
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const plain = (html) => html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name]);
const TEXT = /<a class=(?:button|"button quiet") href="([^"]*)"|<pre[^>]*><code>([^]*?)<\/code><\/pre>/g;
const WAY = /<div class=(?:way|"way opens")>/;

const script = readdirSync(join(site, 'assets')).find((name) => /^install\..*\.js$/.test(name));
const line = readFileSync(join(site, 'assets', script), 'utf8').split('\n')[1];
const SHARED = JSON.parse(line.slice(line.indexOf('"'), -1));

// What the script adds to each way, by its number.
function additions(tabs) {
  const found = tabs.match(/^ data-more="([^"]*)" data-check=(\w+)/);
  if (!found) return new Map();
  const own = ascii([...tabs.matchAll(TEXT)].map(([, link, code]) => plain(link ?? code)).join(''));
  if (check(own) !== found[2]) throw new Error('a page has other texts than its script expects');
  const [page] = clientsOf(expand(plain(found[1]), SHARED + own));
  return new Map(page.ways.map((fields) => [Number(fields[0][1]), fields]));
}

function read(page) {
  const tabs = (page.split('<div class=tabs')[1] ?? '').split('</section>')[0];
  const added = additions(tabs);
  const clients = {};
  let number = 0;
  for (const tab of tabs.split('<details data-tab=').slice(1)) {
    const texts = [];
    for (const way of tab.split(WAY).slice(1)) {
      texts.push(...[...way.matchAll(TEXT)].filter(([, , code]) => code !== undefined).map(([, , code]) => plain(code)));
      texts.push(...(added.get(number) ?? []).filter(([kind]) => 'cx'.includes(kind)).map(([, text]) => text));
      number += 1;
    }
    clients[tab.match(/^[\w-]+/)[0]] = texts;
  }
  return clients;
}

const all = {};
for (const namespace of readdirSync(join(site, 'servers'))) {
  for (const name of readdirSync(join(site, 'servers', namespace))) {
    all[`${namespace}/${name}`] = read(readFileSync(join(site, 'servers', namespace, name, 'index.html'), 'utf8'));
  }
}
console.log(JSON.stringify(all));
