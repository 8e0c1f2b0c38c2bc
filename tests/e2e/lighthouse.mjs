// Lighthouse on the front page, a server's page and a search, as on a mobile phone.
// Usage: lighthouse.mjs SITE SERVER QUERY, built for the path /tools. Of three runs the median counts.
import assert from 'node:assert/strict';

import * as launcher from 'chrome-launcher';
import lighthouse from 'lighthouse';

import { serve } from './site.mjs';

const ENOUGH = 95;
const RUNS = 3;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];

const [folder, name, query] = process.argv.slice(2);
const { server, base } = await serve(folder);
const chrome = await launcher.launch({ chromePath: process.env.CHROMIUM, chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu'] });
const low = [];
for (const path of ['', `servers/${name}/`, `?q=${query}`]) {
  const scores = new Map(CATEGORIES.map((category) => [category, []]));
  const failed = new Set();
  for (let run = 0; run < RUNS; run += 1) {
    // Pictures of entries are on hosts that a test does not ask.
    const { lhr } = await lighthouse(base + path, { port: chrome.port, onlyCategories: CATEGORIES, blockedUrlPatterns: ['https://*'] });
    assert.equal(lhr.runtimeError, undefined);
    for (const category of CATEGORIES) {
      const { score, auditRefs } = lhr.categories[category];
      scores.get(category).push(Math.round(score * 100));
      for (const { id, weight } of auditRefs) {
        if (weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9) failed.add(`${id} ${lhr.audits[id].displayValue || ''}`.trim());
      }
    }
  }
  const medians = CATEGORIES.map((category) => scores.get(category).sort((a, b) => a - b)[Math.floor(RUNS / 2)]);
  console.log(`lighthouse /${path}: ${CATEGORIES.map((category, i) => `${category} ${medians[i]}`).join(', ')}${failed.size ? ` (${[...failed].join('; ')})` : ''}`);
  CATEGORIES.forEach((category, i) => { if (medians[i] < ENOUGH) low.push(`/${path}: ${category} ${medians[i]}`); });
}
await chrome.kill();
server.close();
assert.deepEqual(low, [], `below ${ENOUGH}`);
