// Vercel: routing middleware, `middleware.js`, beside `edge.js`. It returns nothing to let the site
// answer. The files that it reads are not on its paths.
import { answer } from './edge.js';

export const config = { matcher: ['/v0.1/servers', '/v0/servers'] };

export default function middleware(request) {
  const asset = (path, headers) => fetch(new URL(path, request.url), { headers });
  return answer(request, asset, () => undefined);
}
