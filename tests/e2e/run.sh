#!/usr/bin/env bash
# End-to-end tests with real clients. Installs what it needs; run from anywhere.
#
#   run.sh TOOL [DUMP.json.gz]
#
# TOOL is the binary; with a dump the main job also runs on real data.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
tool=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
dump=${2:-}
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }

# serve DATA: starts the tool on a free port and sets $url.
serve() {
  local port; port=$(free_port)
  "$tool" --data "$1" serve --addr "127.0.0.1:$port" --no-reload -q >/dev/null &
  url="http://127.0.0.1:$port"
  for _ in $(seq 100); do
    if python3 -c "import urllib.request; urllib.request.urlopen('$url/v0.1/ping')" 2>/dev/null; then return; fi
    sleep 0.1
  done
  echo "e2e: serve did not start" >&2; exit 1
}

if [ -n "$dump" ]; then
  python3 "$here/real_data.py" "$tool" "$dump" "$work/real"
fi

python3 "$here/kill.py" "$tool" "$top/registry-data" "$work/kill"

bash "$here/keys.sh" "$tool"

# Web servers, with the configuration that a build emits.
bash "$here/servers.sh" "$tool"
if [ -n "$dump" ]; then
  bash "$here/servers.sh" "$tool" "$work/real/registry-data"
fi

# The Copilot language server: one binary from npm, no account.
if [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ]; then
  cache=${E2E_CACHE:-$work}
  copilot="$cache/node_modules/@github/copilot-language-server-linux-x64/copilot-language-server"
  if [ ! -x "$copilot" ]; then
    mkdir -p "$cache"
    (cd "$cache" && npm install --silent --ignore-scripts --omit=optional --no-save --prefix "$cache" \
      @github/copilot-language-server-linux-x64@1.539.0)
  fi
  serve "$top/registry-data"
  python3 "$here/copilot.py" "$copilot" "$url" "$top/registry-data"
  if [ -n "$dump" ]; then
    serve "$work/real/registry-data"
    python3 "$here/copilot.py" "$copilot" "$url" "$work/real/registry-data"
  fi
fi

if [ -f "$here/catalog.sh" ]; then
  bash "$here/catalog.sh" "$tool" ${dump:+"$work/real/registry-data"}
fi
bash "$here/edge.sh" "$tool" ${dump:+"$dump"}
echo "e2e: all passed"
