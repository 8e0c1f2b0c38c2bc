#!/usr/bin/env bash
# Every host: nginx, Caddy and Apache from Debian, superstatic (Firebase), the Static Web Apps CLI and
# wrangler (Cloudflare) from npm, with what a build emits for them, and `serve --as` for all. hosts/run.py
# says what is asked.
#
#   servers.sh TOOL [DATA [BASE_PATH [HOST...]]]
#
# Installs what it needs: with apt-get when root and missing, and from npm without install scripts.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)

missing=()
for pair in nginx:nginx-light caddy:caddy apache2:apache2; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
[ -x "$here/hosts/node_modules/.bin/superstatic" ] || npm ci --prefix "$here/hosts" --ignore-scripts --silent --no-audit --no-fund
[ -x "$here/node_modules/.bin/wrangler" ] || PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix "$here" --silent --no-audit --no-fund

python3 "$here/hosts/run.py" "$1" "${2:-$top/registry-data}" "${3-/tools}" "${@:4}"
