// Netlify: an edge function, `netlify/edge-functions/registry/index.js`, beside `edge.js`. The files
// that it reads are not on its paths, so reading them does not call it again.
import { answer } from './edge.js';

export const config = { path: ['/v0.1/servers', '/v0/servers'] };

export default (request, context) => {
  const asset = (path, headers) => fetch(new URL(path, request.url), { headers });
  return answer(request, asset, () => context.next());
};
