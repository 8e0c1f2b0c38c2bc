#!/usr/bin/env bash
# Puts one mcp-static binary on the PATH of the job: never one whose SHA-256 was not known before.
#
#   TOOL_PATH          a binary on this runner (SHA256 optional: the runner's owner put it there)
#   TOOL_URL, SHA256   a binary in a closed network
#   VERSION            a release of releases.txt beside this script; the newest when empty
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
releases=https://github.com/mcp-static/mcp-static/releases/download
fail() { echo "::error title=mcp-static::$1"; exit 2; }

sum_of() {
  if command -v sha256sum >/dev/null; then sha256sum < "$1"; else shasum -a 256 < "$1"; fi | cut -d' ' -f1
}

wanted=${VERSION:-} url=${TOOL_URL:-} sum=$(tr 'A-F' 'a-f' <<< "${SHA256:-}")
[[ -z $sum || $sum =~ ^[0-9a-f]{64}$ ]] || fail "sha256 is not 64 hexadecimal digits"
bin=${RUNNER_TEMP:?}/mcp-static/bin
mkdir -p "$bin"

if [ -n "${TOOL_PATH:-}" ]; then
  [ -f "$TOOL_PATH" ] || fail "tool-path names no file; correct it, or give tool-url and sha256"
  cp "$TOOL_PATH" "$bin/mcp-static"
else
  if [ -n "$url" ]; then
    [ -n "$sum" ] || fail "tool-url needs sha256: the sum of the file that you mean"
    [[ $url == https://* ]] || fail "tool-url has to begin with https://"
  else
    system=$(uname -s)-$(uname -m)
    line=$(awk -v version="${wanted#v}" -v system="$system" \
      '/^#/ || $2 != system { next } version == "" || $1 == version { found = $1 " " $3 } END { print found }' "$here/releases.txt")
    [ -n "$line" ] || fail "this action knows no release $wanted for $system; give tool-url and sha256, or tool-path"
    read -r version sum <<< "$line"
    url=$releases/v$version/mcp-static-$system
  fi
  curl --fail --silent --show-error --location --proto '=https' --proto-redir '=https' --retry 3 \
    --max-time 300 --max-filesize 268435456 --output "$bin/mcp-static" "$url" || fail "the binary could not be fetched; is tool-url right?"
fi

if [ -n "$sum" ]; then
  found=$(sum_of "$bin/mcp-static")
  if [ "$found" != "$sum" ]; then
    rm -f "$bin/mcp-static"
    fail "the binary has SHA-256 $found, not $sum; it was not run"
  fi
fi
chmod 755 "$bin/mcp-static"
echo "$bin" >> "${GITHUB_PATH:?}"
"$bin/mcp-static" --version
