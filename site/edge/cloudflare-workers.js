// Cloudflare Workers with static assets: `main` of wrangler.jsonc, beside `edge.js`. Documents are
// `index.html` files there, so the list is at its address with a slash at the end.
import { answer, isList, staticList } from './edge.js';

export default {
  fetch(request, env) {
    const asset = (path, headers) => env.ASSETS.fetch(new Request(new URL(path, request.url), { headers }));
    const host = () => env.ASSETS.fetch(request);
    const list = () => staticList(request, asset, '/v0.1/servers/', host);
    return answer(request, asset, isList(request) ? list : host);
  },
};
