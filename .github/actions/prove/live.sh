#!/usr/bin/env bash
# Waits until the live site hands out the manifest that was deployed: live.sh URL MANIFEST
#
# Ends with 0 when it does, 1 when it does not, and 4 when it wants a login: the manifest is a plain file
# of every site, so 401, 403 or a page at another address in its place come from a gate before the site.
set -euo pipefail
url=${1%/}/manifest.json
body=$(mktemp)
trap 'rm -f "$body"' EXIT
found=1
for wait in 0 5 10 20 40 60; do
  sleep "$wait"
  said=$(curl --silent --location --proto '=https' --max-time 30 --max-filesize 268435456 --header 'Cache-Control: no-cache' \
    --output "$body" --write-out '%{http_code} %{url_effective} %{content_type}' "$url") || said=none
  read -r status at kind <<< "$said " || true
  case $status in
    200)
      if cmp --quiet "$body" "$2"; then echo "$url is this deployment's"; exit 0; fi
      if [ "$at" != "$url" ] && [[ $kind == text/html* ]]; then found=4; else found=1; fi
      ;;
    401 | 403 | 407) found=4 ;;
    *) found=1 ;;
  esac
done
if [ "$found" = 4 ]; then echo "$url wants a login"; else echo "$url is not this deployment's (${said%% *})"; fi
exit "$found"
