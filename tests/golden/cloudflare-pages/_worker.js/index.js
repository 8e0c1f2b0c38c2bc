// Cloudflare Pages: `_worker.js/index.js`, beside `edge.js`; `_routes.json` sends only lists here.
import { answer, isList, staticList } from './edge.js';

export default {
  fetch(request, env) {
    const asset = (path, headers) => env.ASSETS.fetch(new Request(new URL(path, request.url), { headers }));
    const host = () => env.ASSETS.fetch(request);
    const list = () => staticList(request, asset, '/v0.1/servers/index.json', host);
    return answer(request, asset, isList(request) ? list : host);
  },
};
