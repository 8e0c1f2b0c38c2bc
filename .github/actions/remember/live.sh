#!/usr/bin/env bash
# Waits until the live site answers with the manifest that was deployed: live.sh URL MANIFEST
set -euo pipefail
url=${1%/} commit=$(jq -er .commit "$2")
for wait in 0 5 10 20 40; do
  sleep "$wait"
  found=$(curl --silent --fail --location --proto '=https' --max-time 30 "$url/manifest.json" | jq -r '.commit // empty' 2>/dev/null || true)
  [ "$found" != "$commit" ] || { echo "$url serves $commit"; exit 0; }
done
echo "::warning title=mcp-static::$url does not answer with this deployment yet, or asks for a login; look at it with a client."
