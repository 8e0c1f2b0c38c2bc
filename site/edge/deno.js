// Deno and Deno Deploy: serves the folder that holds this file and `edge.js`, and answers queries of
// the list.
//
//   deno serve --allow-read=. deno.js
//
// Paths are decoded segment by segment; one that could leave the folder is not found.
import { answer, isList, staticList } from './edge.js';

const ROOT = new URL('./', import.meta.url);
const TYPES = {
  html: 'text/html; charset=utf-8', json: 'application/json', css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml', xml: 'application/xml',
  txt: 'text/plain; charset=utf-8', yaml: 'application/yaml',
};
const HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, OPTIONS',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  'X-Content-Type-Options': 'nosniff',
};

// The file at decoded path segments, as a Response; null when there is none.
async function file(segments, status = 200) {
  const safe = segments.every((part) => part !== '.' && part !== '..' && !/[\\/\0]/.test(part));
  const path = segments.map(encodeURIComponent).join('/');
  try {
    const body = safe ? await Deno.readFile(new URL(path, ROOT)) : null;
    const type = TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    return body && new Response(body, { status, headers: { ...HEADERS, 'Content-Type': type } });
  } catch {
    return null; // there is no such file, or it is a folder
  }
}

// The site's answer: a file, the index of a folder, or 404.
async function host(request) {
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: HEADERS });
  const { pathname } = new URL(request.url);
  let segments = [];
  try {
    // `%2F` occurs only in a server's name, where it separates namespace and name. What is below `/v0` is
    // below `/v0.1` too.
    const api = pathname.replace(/^\/v0(?=\/)/, '/v0.1');
    const split = api.replace(/^(\/v0\.1\/servers\/[^/]+?)%2F/i, '$1/').split('/');
    segments = split.filter((part) => part !== '').map(decodeURIComponent);
  } catch {
    segments = ['..']; // a broken escape names no file
  }
  return (await file(segments)) ?? (await file([...segments, 'index.json']))
    ?? (await file([...segments, 'index.html']))
    ?? (await file([/^\/v0/.test(pathname) ? '404.json' : '404.html'], 404))
    ?? new Response('Not found', { status: 404, headers: HEADERS });
}

export default {
  fetch(request) {
    const asset = (path) => host(new Request(new URL(path, request.url)));
    const list = () => staticList(request, asset, '/v0.1/servers/index.json', () => host(request));
    return answer(request, asset, isList(request) ? list : () => host(request));
  },
};
