// The catalog in Chromium. Usage: catalog.mjs SITE [REAL_SITE], each built for the path /tools.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';

import { journeys } from './journeys.mjs';
import { serve } from './site.mjs';

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// The pages of the sample registry, one of each kind and the odd ones.
const KINDS = ['', 'browse/', 'browse/all/', 'browse/namespaces/', 'numbers/', 'changes/', 'connect/', 'allowlist/', 'probe/', 'nothing/here/',
  'browse/package/npm/', 'browse/namespace/net.example.parcel/', 'browse/transport/stdio/',
  'servers/com.example.lighthouse/tides/', 'servers/com.example.lighthouse/tides/1.1.0/',
  'servers/net.example.parcel/tracking/', 'servers/io.github.larkspur-labs-example/openapi-explorer/',
  'servers/io.github.harbor-tools-example/berth-planner/'];
const REAL_KINDS = ['', 'browse/all/', 'browse/', 'browse/namespaces/', 'numbers/', 'changes/', 'browse/namespace/ai.smithery/',
  'servers/io.github.github/github-mcp-server/', 'servers/io.github.brightdata/brightdata-mcp/',
  'servers/com.stackoverflow.mcp/mcp/', 'servers/io.github.Lungshot/ninjaone/'];

// A page that remembers what must not happen.
async function open(browser, origin, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  const wrong = [];
  await context.route('**/*', (route) => {
    const request = route.request();
    if (request.url().startsWith(origin)) return route.continue();
    if (request.resourceType() !== 'image' || !request.url().startsWith('https:')) wrong.push(`request to ${request.url()}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error' && !/ERR_FAILED|404/.test(message.text())) wrong.push(message.text()); });
  return { context, page, wrong };
}

async function axe(page, name) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), RULES);
  const said = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html.slice(0, 120)} ${n.failureSummary}`).slice(0, 3).join(' | ')}`);
  assert.deepEqual(said, [], `axe on ${name}`);
}

// Every kind of page: accessible, narrow enough, nothing refused, no request elsewhere.
async function rules(browser, base, kinds) {
  for (const colorScheme of ['light', 'dark']) {
    const { context, page, wrong } = await open(browser, new URL(base).origin, { colorScheme, reducedMotion: 'reduce' });
    const grounds = new Set();
    for (const kind of kinds) {
      await page.goto(base + kind);
      await page.waitForLoadState('load');
      grounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
      await axe(page, `${colorScheme} ${kind}`);
      const closed = await page.$$eval('main details:not([open])', (found) => {
        for (const details of found) [details.open, details.hidden] = [true, false];
        return found.length;
      });
      if (closed > 0) await axe(page, `${colorScheme} ${kind}, all open`);
      if (colorScheme === 'light') {
        for (const width of [320, 390, 768]) {
          await page.setViewportSize({ width, height: 700 });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= width, `${kind} is ${wide} px wide at ${width}`);
        }
        await page.setViewportSize({ width: 1280, height: 900 });
      }
    }
    assert.deepEqual([...grounds], [colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(19, 20, 23)']);
    assert.deepEqual(wrong, []);
    await context.close();
  }
}

// The source of every kind of page is valid HTML.
async function valid(base, kinds) {
  const checker = new HtmlValidate({
    extends: ['html-validate:standard'],
    rules: {
      'no-trailing-whitespace': 'off', // data and templates may end a line with a space
      'long-title': 'off', // as long as the author's title
      'no-inline-style': 'error',
      'require-sri': 'off', // nothing comes from elsewhere
      'no-raw-characters': ['error', { relaxed: true }],
    },
  });
  for (const kind of kinds) {
    const text = await (await fetch(base + kind)).text();
    const report = await checker.validateString(text);
    const said = report.results.flatMap((r) => r.messages.map((m) => `${kind}:${m.line} ${m.ruleId} ${m.message}`));
    assert.deepEqual(said, [], kind);
  }
}

// Links that open a client hold the configuration that the page shows.
async function deepLinks(browser, base, kinds) {
  const { context, page } = await open(browser, new URL(base).origin);
  let decoded = 0;
  for (const kind of kinds.filter((kind) => kind.startsWith('servers/') && kind.split('/').length === 4)) {
    await page.goto(base + kind);
    const shown = () => page.$$eval('.way', (found) => found.map((way) => ({
      links: [...way.querySelectorAll('.open a')].map((a) => a.getAttribute('href')),
      text: [...way.querySelectorAll('pre code')].at(-1)?.textContent,
    })));
    const ways = await shown();
    for (const button of await page.$$('[data-client]')) {
      await button.evaluate((node) => node.click());
      ways.push(...await shown());
    }
    for (const { links, text } of ways) for (const link of links) decoded += decode(link, text);
  }
  await context.close();
  assert.ok(decoded > 10, `only ${decoded} links were decoded`);
  return decoded;
}

// 1 when the link is one that holds a configuration, which must equal the one in `text`.
function decode(link, text) {
  const url = new URL(link);
  const query = url.search.slice(1);
  let shown;
  let held;
  if (/^vscode(-insiders)?:$/.test(url.protocol) || url.host === 'vs-open.link') {
    const { name, inputs, ...config } = JSON.parse(decodeURIComponent(query));
    const file = JSON.parse(text);
    const { gallery, ...rest } = file.servers[name];
    [held, shown] = [{ inputs: inputs || [], config: { ...config, gallery: undefined } }, { inputs: file.inputs || [], config: { ...rest, gallery: undefined } }];
  } else if (url.protocol === 'cursor:' || url.protocol === 'lmstudio:' || url.host === 'kiro.dev') {
    const raw = url.searchParams.get('config');
    held = JSON.parse(url.host === 'kiro.dev' ? raw : Buffer.from(raw, 'base64').toString());
    shown = Object.values(JSON.parse(text).mcpServers)[0];
  } else if (url.protocol === 'goose:') {
    const words = [url.searchParams.get('cmd'), ...url.searchParams.getAll('arg')];
    for (const word of words) assert.ok(text.includes(word.replaceAll('"', '\\"')), `${word} in ${text}`);
    return 1;
  } else return 0;
  assert.deepEqual(held, shown, link);
  return 1;
}

// What pages weigh when a host compresses them.
function weigh(folder, servers) {
  const size = (...path) => gzipSync(readFileSync(join(folder, ...path)), { level: 9 }).length;
  const assets = readdirSync(join(folder, 'assets')).filter((file) => /\.(css|js|svg)$/.test(file) && file !== 'share.svg');
  const home = size('index.html') + assets.reduce((sum, file) => sum + size('assets', file), 0);
  const index = readdirSync(join(folder, 'assets/search')).reduce((sum, file) => sum + size('assets/search', file), 0);
  let largest = ['', 0];
  for (const namespace of readdirSync(join(folder, 'servers'))) {
    for (const name of readdirSync(join(folder, 'servers', namespace))) {
      const bytes = size('servers', namespace, name, 'index.html');
      if (bytes > largest[1]) largest = [`${namespace}/${name}`, bytes];
    }
  }
  console.log(`weights, gzip: home ${home} bytes with assets; largest server page ${largest[1]} (${largest[0]}); index ${index}, ${(index / servers).toFixed(1)} a server`);
  assert.ok(home < 100_000 && largest[1] < 20_000 && index / servers <= 150);
}

async function run(browser, folder, kinds, isReal) {
  const { server, base } = await serve(folder);
  const steps = [
    ['valid HTML', () => valid(base, kinds)],
    ['accessible, narrow, nothing refused', () => rules(browser, base, kinds)],
    ['deep links', async () => `${await deepLinks(browser, base, kinds)} decoded`],
    ...journeys(isReal).map(([name, journey]) => [name, async () => {
      const { context, page, wrong } = await open(browser, new URL(base).origin, journey.options);
      const note = await journey(page, base, context);
      assert.deepEqual(wrong, [], name);
      await context.close();
      return note;
    }]),
  ];
  for (const [name, step] of steps) {
    const started = Date.now();
    const note = await step();
    console.log(`ok ${isReal ? 'real data' : 'sample'}: ${name}${note ? ` (${note})` : ''}, ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
  server.close();
}

const [sample, real] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGS });
await run(browser, sample, KINDS, false);
if (real) {
  weigh(real, JSON.parse(readFileSync(join(real, 'assets/search/index.json'), 'utf8')).servers);
  await run(browser, real, REAL_KINDS, true);
}
await browser.close();
