#!/usr/bin/env bash
# Builds the site without the held entries and compares every file with the manifest.
#
# PROBE, when set, names the result of a probe that becomes a part of the site. Everything else stays as
# the first build made it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../url.sh"
: "${OUT:?}" "${HOST:?}"
data=${DATA:-registry-data}
options=(--for "$HOST" --out "$OUT/site")
url=$(base_url)
[ -z "$url" ] || options+=(--base-url "$url")
[ ! -s "$OUT/held.txt" ] || options+=(--without "$OUT/held.txt")
[ -z "${PROBE:-}" ] || options+=(--probe "$PROBE")
mcp-static build --data "$data" --no-progress "${options[@]}"
mcp-static check --site "$OUT/site"
# What the live site will hand out; some hosts send a folder of the output.
manifest=$OUT/site/manifest.json
[ ! -f "$OUT/site/public/manifest.json" ] || manifest=$OUT/site/public/manifest.json
cp "$manifest" "$OUT/manifest.json"
echo "url=$url" >> "${GITHUB_OUTPUT:-/dev/null}"
