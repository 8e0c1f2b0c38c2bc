// The CloudFront function before a bucket that was filled by `upload.tsv`: every address that a client may
// ask for has to become the key of its object, once the store has read the address as stores do.
//
//   cloudfront.mjs SITE
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';

const site = process.argv[2];
const handler = vm.runInNewContext(`${readFileSync(join(site, 'cloudfront.js'), 'utf8')}; handler`);
// A store takes a raw plus for a space, then decodes; a slash is one however it came.
const key = (uri) => decodeURIComponent(handler({ request: { uri, method: 'GET' } }).uri.replaceAll('+', ' ')).slice(1);

const keys = readFileSync(join(site, 'upload.tsv'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#')).map((line) => line.split('\t')[0]);
const known = new Set(keys);
assert.equal(known.size, keys.length, 'a key is listed twice');
let asked = 0;
for (const wanted of known) {
  const addresses = [wanted, wanted.replace(/^(v0\.1\/servers\/[^/]+)\//, '$1%2F'), wanted.replace(/^(v0\.1\/servers\/[^/]+)\//, '$1%2f')];
  if (wanted.endsWith('/index.html')) addresses.push(wanted.slice(0, -'index.html'.length));
  for (const address of addresses.flatMap((one) => [one, one.replaceAll('+', '%2B'), one.replaceAll('+', '%2b')])) {
    assert.equal(key(`/${address}`), wanted, `/${address}`);
    asked += 1;
  }
}
assert.equal(key('/'), 'index.html');
assert.ok(!known.has(key('/v0.1/servers/no.such%2Fserver/versions/latest')));
console.log(`${known.size} keys found at ${asked} addresses`);
