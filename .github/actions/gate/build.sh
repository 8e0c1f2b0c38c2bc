#!/usr/bin/env bash
# Builds the site without the held entries and compares every file with the manifest.
set -euo pipefail
: "${OUT:?}" "${HOST:?}"
data=${DATA:-registry-data}
options=(--for "$HOST" --out "$OUT/site")
url=${BASE_URL:-}
# The host's own address is the last resort: settings and input know better.
if [ -z "$url" ] && ! grep -Eqs '^[[:space:]]*base_url[[:space:]]*=' "$data/registry.toml"; then url=${LIVE_URL:-}; fi
[ -z "$url" ] || options+=(--base-url "${url%/}")
[ ! -s "$OUT/held.txt" ] || options+=(--without "$OUT/held.txt")
mcp-static build --data "$data" --no-progress "${options[@]}"
mcp-static check --site "$OUT/site"
echo "manifest.json has SHA-256 $(sha256sum < "$OUT/site/manifest.json" | cut -d' ' -f1)" | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
