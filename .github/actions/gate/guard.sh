#!/usr/bin/env bash
# Refuses a site that has lost servers: none left, or over 5 % fewer than the live site has.
#
# The live site's manifest says what is there. Where it cannot be read (a login, an outage, a new
# address or none), the commit that was deployed last is built once more for the comparison.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../url.sh"
: "${OUT:?}"
data=${DATA:-registry-data} before=$OUT/before.json
url=${LIVE_URL:-$(base_url)}
say() { echo "::$1 title=mcp-static::$2"; }

status=none
rm -rf "$before" "$OUT/before"
if [[ $url == https://* ]]; then
  status=$(curl --silent --location --proto '=https' --max-time 60 --max-filesize 268435456 \
    --output "$before" --write-out '%{http_code}' "${url%/}/manifest.json") || status=none
fi
if [ "$status" != 200 ] || ! jq -e '.files | type == "array"' "$before" > /dev/null 2>&1; then
  before=$OUT/before/manifest.json
  if ! git rev-parse --quiet --verify 'refs/mcp-static/deployed^{commit}' > /dev/null; then
    say notice "No earlier deployment is known, so this is the first: the number of servers is not compared."
    exit 0
  fi
  if ! mcp-static build --quiet --no-progress --data "$data" --rev refs/mcp-static/deployed --only api --out "$OUT/before"; then
    say warning "Neither the live site nor the last deployed commit says how many servers there were: their number is not compared."
    exit 0
  fi
fi

options=(--before "$before")
[ "${ALLOW_SHRINK:-}" != true ] || options+=(--allow-shrink)
ended=0
mcp-static check --site "$OUT/site" "${options[@]}" || ended=$?
if [ "$ended" -ne 0 ]; then
  say error "Nothing is deployed: the new site has far fewer servers than the last one. Look for what is missing. When it is meant, run this workflow once by hand (Run workflow) with allow-shrink."
  exit "$ended"
fi
