// Vercel: routing middleware, `middleware.js`, beside `edge.js`. To return nothing is to let the
// request go on to the site. The files that it reads are outside of its own paths.
import { answer } from './edge.js';

export const config = { matcher: ['/v0.1/servers', '/v0/servers'] };

export default function middleware(request) {
  const asset = (path, headers) => fetch(new URL(path, request.url), { headers });
  return answer(request, asset, () => undefined);
}
