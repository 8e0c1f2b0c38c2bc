#!/usr/bin/env bash
# Waits until the live site hands out the manifest that was deployed: live.sh URL MANIFEST
#
# Ends with 0 when it does, 1 when it does not, and 4 when it wants a login: the manifest is a plain file
# of every site, so 401, 403 or a page at another address in its place come from a gate before the site.
# A cache may hold on to an older manifest for ten minutes; a login or silence is not waited for so long.
set -euo pipefail
url=${1%/}/manifest.json
body=$(mktemp)
trap 'rm -f "$body"' EXIT
found=1 status=none
for wait in 0 5 10 20 40 60 120 180 180; do
  if [ "$wait" -gt 60 ] && { [ "$found" = 4 ] || { [ "$status" != 200 ] && [ "$status" != 404 ]; }; }; then break; fi
  sleep "$wait"
  said=$(curl --silent --location --proto '=https' --max-time 30 --max-filesize 268435456 --header 'Cache-Control: no-cache' \
    --output "$body" --write-out '%{http_code} %{url_effective} %{content_type}' "$url") || said=none
  read -r status at kind <<< "$said " || true
  found=1
  case $status in
    200)
      if cmp --quiet "$body" "$2"; then echo "$url is this deployment's"; exit 0; fi
      if [ "$at" != "$url" ] && [[ $kind == text/html* ]]; then found=4; fi
      ;;
    401 | 403 | 407) found=4 ;;
  esac
done
if [ "$found" = 4 ]; then echo "$url wants a login"; else echo "$url is not this deployment's ($status)"; fi
exit "$found"
