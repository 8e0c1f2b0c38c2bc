#!/usr/bin/env bash
# End-to-end tests with real clients. Installs what it needs; run from anywhere.
#
#   run.sh TOOL [DUMP.json.gz]
#
# TOOL is the binary; with a dump the main job also runs on real data. With E2E_PACKAGES=1 the package registries
# themselves are asked.
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

# part NAME COMMAND...: runs a part and says how long it took.
part() {
  local name=$1 from=$SECONDS
  shift
  "$@"
  echo "e2e: $name: $((SECONDS - from)) s"
}

# The Copilot language server: one binary from npm, no account.
copilot() {
  local cache=${E2E_CACHE:-$work}
  local client="$cache/node_modules/@github/copilot-language-server-linux-x64/copilot-language-server"
  if [ ! -x "$client" ]; then
    mkdir -p "$cache"
    (cd "$cache" && npm install --silent --ignore-scripts --omit=optional --no-save --prefix "$cache" \
      @github/copilot-language-server-linux-x64@1.539.0)
  fi
  local data
  for data in "$top/registry-data" ${dump:+"$work/real/registry-data"}; do
    serve "$data"
    python3 "$here/copilot.py" "$client" "$url" "$data"
  done
}

# Waits for disks most of the time, so it runs beside the next parts.
part "killed builds" python3 "$here/kill.py" "$tool" "$top/registry-data" "$work/kill" > "$work/kill.log" 2>&1 &
killed=$!

[ -z "$dump" ] || part "real data" python3 "$here/real_data.py" "$tool" "$dump" "$work/real"
[ -z "${E2E_PACKAGES:-}" ] || part "package registries" python3 "$here/packages.py" "$tool"
for skeleton in "$(dirname "${dump:-.}")"/official-registry-skeleton-*.json.gz; do :; done
[ -z "$dump" ] || [ ! -f "$skeleton" ] || part "a mirror of the whole" python3 "$here/mirror.py" "$tool" "$skeleton"
# Installs Python packages most of the time, so it runs beside the next parts too.
spec=$(dirname "${dump:-.}")/../spec
[ -n "$dump" ] && [ -d "$spec" ] || spec=
part "other systems" bash "$here/systems.sh" "$tool" ${dump:+"$work/real/registry-data" ${spec:+"$spec"}} > "$work/systems.log" 2>&1 &
systems=$!
part "documentation" python3 "$here/docs.py" "$tool"
part "keys" bash "$here/keys.sh" "$tool"
part "histories" bash "$here/histories.sh" "$tool"
part "hosts, sample" bash "$here/servers.sh" "$tool"
[ -z "$dump" ] || part "hosts, real data" bash "$here/servers.sh" "$tool" "$work/real/registry-data" ""
wait "$killed" || { cat "$work/kill.log"; exit 1; }
cat "$work/kill.log"
wait "$systems" || { cat "$work/systems.log"; exit 1; }
grep -E '^(systems|e2e):' "$work/systems.log"
[ "$(uname -s)-$(uname -m)" != Linux-x86_64 ] || part "Copilot's language server" copilot
part "approved" bash "$here/approved.sh" "$tool" ${dump:+"$work/real/registry-data"}
part "catalog" bash "$here/catalog.sh" "$tool" ${dump:+"$work/real/registry-data"}
part "agents" env TOOL="$tool" DATA="$top/registry-data" node --test "$here/mcp.mjs"
part "edge" bash "$here/edge.sh" "$tool" ${dump:+"$dump"}
echo "e2e: all passed in $SECONDS s"
