// Serves a built site below /tools, compressed, as a plain host does.
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = '/tools';
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.json': 'application/json', '.xml': 'application/xml', '.txt': 'text/plain' };

// Returns the server and the URL of the site.
export function serve(folder) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    const send = (status, file) => {
      const fingerprint = /\.[0-9a-f]{8}\.\w+$/.test(file);
      response.writeHead(status, {
        'Content-Type': TYPES[extname(file)] || 'application/octet-stream',
        'Content-Encoding': 'gzip',
        'Cache-Control': fingerprint ? 'public, max-age=31536000, immutable' : 'no-cache',
      });
      response.end(gzipSync(readFileSync(file)));
    };
    let file = path.startsWith(`${ROOT}/`) ? join(folder, path.slice(ROOT.length)) : null;
    try {
      if (file && statSync(file).isDirectory()) file = join(file, statSync(join(file, 'index.html'), { throwIfNoEntry: false }) ? 'index.html' : 'index.json');
      if (!file) throw new Error('outside');
      send(200, file);
    } catch {
      send(404, join(folder, '404.html'));
    }
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done({ server, base: `http://127.0.0.1:${server.address().port}${ROOT}/` }));
  });
}
