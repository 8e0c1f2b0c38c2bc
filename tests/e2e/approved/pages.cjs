// What the pages of a site say of each client, as their script completes them: by server, then by client, the
// commands and files in order, without those for PowerShell.
//
//   pages.cjs SITE
'use strict';
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const { WAY, additions, partsOf, shared, unpack } = require('../packed.cjs');

const site = process.argv[2];
const SHARED = shared(site);

function read(path) {
  const page = readFileSync(join(site, path), 'utf8');
  const clients = {};
  if (!page.includes(' data-more="')) return clients;
  const added = additions(unpack(page, SHARED, path));
  const tabs = page.split('<div class=tabs')[1].split('</section>')[0];
  let number = 0;
  for (const tab of tabs.split('<details data-tab=').slice(1)) {
    const texts = [];
    for (const way of tab.split(WAY).slice(1)) {
      texts.push(...partsOf(way).filter((part) => !part.is_link).map((part) => part.text));
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
    all[`${namespace}/${name}`] = read(`servers/${namespace}/${name}/index.html`);
  }
}
console.log(JSON.stringify(all));
