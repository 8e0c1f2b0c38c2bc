// Reads what pages have packed, as their script does: for the tests.
'use strict';
const assert = require('node:assert/strict');
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const { expand, check, ascii, clientsOf } = require('../../site/install.js');

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const plain = (html) => html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name]);

// The links, commands and files of a piece of a page, in order.
const partsOf = (html) => [...html.matchAll(/<a class=(?:button|"button quiet") href="([^"]*)"|<pre[^>]*><code>([^]*?)<\/code><\/pre>/g)]
  .map(([, link, code]) => ({ is_link: code === undefined, text: plain(link ?? code) }));
const textsOf = (html) => partsOf(html).map((part) => part.text);

// Divides a tab into its ways to install; the first piece is before them.
const WAY = /<div class=(?:way|"way opens")>/;

// The dictionary of a site's pages.
function shared(site) {
  const file = readdirSync(join(site, 'assets')).find((name) => /^install\..*\.js$/.test(name));
  const line = readFileSync(join(site, 'assets', file), 'utf8').split('\n')[1];
  return JSON.parse(line.slice(line.indexOf('"'), -1));
}

// What the script adds to each way on a page, and the other clients.
function unpack(page, dictionary, path) {
  const [, packed, sum] = page.match(/ data-more="([^"]*)" data-check=(\w+)/);
  const start = page.indexOf(' data-more="');
  const own = ascii(textsOf(page.slice(start, page.indexOf('</section>', start))).join(''));
  assert.equal(check(own), sum, path);
  return clientsOf(expand(plain(packed), dictionary + own));
}

// The ways of the first clients that the script adds to, by number.
const additions = ([page]) => new Map(page.ways.map((fields) => [Number(fields[0][1]), fields]));

module.exports = { WAY, additions, partsOf, plain, shared, textsOf, unpack };
