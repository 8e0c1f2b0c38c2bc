#!/usr/bin/env bash
# Serves the built site as its host would, probes that as real clients do, and puts the result into the
# site. Nothing is deployed that a required client could not use.
#
# The result names the URL that clients will be given. Where none is known the preview has to pass all
# the same, but its result belongs to no site.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../url.sh"
: "${OUT:?}" "${HOST:?}" "${GITHUB_STEP_SUMMARY:?}"
fail() { echo "::error title=mcp-static::$1"; exit "$2"; }

url=$(base_url)
: > "$OUT/serve.txt"
mcp-static serve --as "$HOST" --site "$OUT/site" --addr 127.0.0.1:0 > "$OUT/serve.txt" 2>&1 &
server=$!
trap 'kill "$server" 2> /dev/null || true' EXIT
address=
for _ in $(seq 600); do
  address=$(sed -nE 's|^serving on (http://127\.0\.0\.1:[0-9]+)/$|\1|p' "$OUT/serve.txt")
  if [ -n "$address" ] || ! kill -0 "$server" 2> /dev/null; then break; fi
  sleep 0.1
done
[ -n "$address" ] || { cat "$OUT/serve.txt"; fail "The preview could not be served; the log says why. Nothing is deployed." 2; }

options=(--data "${DATA:-registry-data}" --no-progress --format markdown --write "$OUT/probe")
[ -z "$url" ] || options+=(--stands-for "$url")
status=0
rm -rf "$OUT/probe"
NO_PROXY=127.0.0.1${NO_PROXY:+,$NO_PROXY} mcp-static probe "$address" "${options[@]}" > "$OUT/probe.md" || status=$?
kill "$server" 2> /dev/null || true
cat "$OUT/probe.md" >> "$GITHUB_STEP_SUMMARY"
case $status in
  0) ;;
  1) fail "Nothing is deployed: on $HOST the site would not work for a client that has to work ([probe] require in registry.toml). The summary has the table and what to do." 1 ;;
  *) fail "The preview could not be probed, so nothing is deployed; the log says why." 2 ;;
esac

if [ -n "$url" ]; then
  PROBE=$OUT/probe/probe.json bash "$here/build.sh"
else
  echo "No base URL is known, so this result is not part of the site." >> "$GITHUB_STEP_SUMMARY"
fi
printf '\nmanifest.json has SHA-256 %s\n' "$(sha256sum < "$OUT/manifest.json" | cut -d' ' -f1)" | tee -a "$GITHUB_STEP_SUMMARY"
