#!/usr/bin/env bash
# The edge module against `serve`: in node over the files of a site, with every file read counted, then
# on workerd (wrangler) as Cloudflare Pages and Workers run it, with the configuration that is emitted.
#
#   edge.sh TOOL [DUMP.json.gz]
#
# TOOL is the binary; with a dump the real data is asked too: EDGE_QUERIES (2000) random queries in node,
# as many on each product of Cloudflare, and a quarter of them for the sample.
# EDGE_SERVERS (25000) is the size of the made-up registry that holds files and sizes to their limits.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
tool=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
dump=${2:+$(cd "$(dirname "$2")" && pwd)/$(basename "$2")}
# In memory where there is room: the large registry is a quarter of a million small files and folders, and
# there are disks that take minutes to make and to delete them.
free=$(df -Pm /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
[ "${free:-0}" -lt 4000 ] || export TMPDIR=/dev/shm
work=$(mktemp -d)
queries=${EDGE_QUERIES:-2000}
started=()
stop() { for pid in "${started[@]}"; do kill -- "-$pid" 2>/dev/null || true; done; started=(); }
trap 'stop; rm -rf "$work"' EXIT
export WRANGLER_SEND_METRICS=false CI=1 CLOUDFLARE_CF_FETCH_ENABLED=false WRANGLER_LOG_PATH="$work/wrangler"
# wrangler then takes itself for debugged already and starts no debugger of its own, which keeps every file
# that is sent: it made each question five times as slow, and after some hundreds ended the server.
export VSCODE_INSPECTOR_OPTIONS={}
wrangler="$here/node_modules/.bin/wrangler"
if [ ! -x "$wrangler" ]; then
  (cd "$here" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund)
fi

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }

# start URL COMMAND...: runs a server in a group of its own and waits until it answers.
start() {
  local url=$1; shift
  setsid "$@" > "$work/server.log" 2>&1 &
  started+=($!)
  for _ in $(seq 600); do
    if curl -sf -o /dev/null "$url/v0.1/servers"; then return; fi
    sleep 0.2
  done
  tail -n 20 "$work/server.log" >&2; echo "edge: $url did not start" >&2; exit 1
}

# commit NAME: gives the data in $work/NAME a history.
commit() {
  git -C "$work/$1" init -q
  git -C "$work/$1" add -A
  git -C "$work/$1" -c gc.auto=0 -c user.name=test -c user.email=test@example.com commit -qm data
}

# registry NAME QUERIES HOST...: builds the data in $work/NAME for each host, serves it and asks the module in
# node over the files for cloudflare-pages.
registry() {
  local at="$work/$1" count=$2 host
  shift 2
  for host; do
    (cd "$at" && "$tool" -q build --only api --for "$host" --out "_site/$host" -A base-url-missing) > "$work/build.log" 2>&1 ||
      { tail -n 40 "$work/build.log" >&2; exit 1; }
  done
  serve="http://127.0.0.1:$(free_port)"
  start "$serve" "$tool" --data "$at/registry-data" serve --addr "${serve#http://}" --no-reload -q
  pages="$at/_site/cloudflare-pages"
  EDGE_QUERIES=$count node "$here/edge.mjs" "$pages" "$serve"
}

# on_workerd QUERIES: asks the built site as wrangler runs it, each product where its settings are.
on_workerd() {
  local port; port=$(free_port)
  mkdir -p "$work/run"
  cd "$work/run"
  start "http://127.0.0.1:$port" "$wrangler" pages dev "$pages" --compatibility-date 2025-01-01 --ip 127.0.0.1 --port "$port" --log-level error
  EDGE_QUERIES=$1 node "$here/edge.mjs" "$pages" "$serve" "http://127.0.0.1:$port"
  port=$(free_port)
  cd "${pages%-pages}-workers"
  start "http://127.0.0.1:$port" "$wrangler" dev --ip 127.0.0.1 --port "$port" --log-level error
  EDGE_QUERIES=$1 node "$here/edge.mjs" "$pages" "$serve" "http://127.0.0.1:$port"
  cd "$top"
}

mkdir -p "$work/sample" "$work/large/registry-data"
cp -r "$top/registry-data" "$work/sample/"
commit sample
registry sample $((queries / 4)) cloudflare-pages cloudflare-workers
on_workerd $((queries / 4))
stop
if [ -n "$dump" ]; then
  mkdir -p "$work/real/registry-data"
  cp "$top/registry-data/registry.toml" "$work/real/registry-data/"
  "$tool" --data "$work/real/registry-data" import "$dump" --no-progress -q
  # The dump has no deleted entries; here every 19th version is one.
  find "$work/real/registry-data/servers" -mindepth 3 -maxdepth 3 -type d | sort | awk 'NR % 19 == 0' |
    while read -r folder; do echo '{"status":"deleted"}' > "$folder/status.json"; done
  commit real
  registry real "$queries" cloudflare-pages cloudflare-workers
  on_workerd "$queries"
  stop
fi
node "$here/edge_corpus.mjs" "$work/large/registry-data" "${EDGE_SERVERS:-25000}"
registry large 500 cloudflare-pages
stop
echo "edge: all passed after $SECONDS seconds"
