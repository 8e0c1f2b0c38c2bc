#!/usr/bin/env bash
# nginx, Caddy and Apache with the configuration that a build emits, as it is emitted but for the
# port and the folder.
#
#   servers.sh TOOL [DATA]
#
# Installs what it needs with apt-get when root and missing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
tool=$1
data=${2:-$top/registry-data}
work=$(mktemp -d)
chmod 755 "$work"
pids=()
finish() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

missing=()
for pair in nginx:nginx-light caddy:caddy apache2:apache2; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
await() {
  for _ in $(seq 100); do
    if python3 -c "import urllib.request; urllib.request.urlopen('$1/v0.1/ping')" 2>/dev/null; then return; fi
    sleep 0.1
  done
  echo "e2e: $2 did not start" >&2; tail -20 "$work"/*.log >&2; exit 1
}

mkdir "$work/registry"
cp -r "$data" "$work/registry/registry-data"
git -C "$work/registry" init -q
git -C "$work/registry" add -A
git -C "$work/registry" -c user.name=test -c user.email=test@example.com commit -qm data
base=/tools
"$tool" -q --data "$work/registry/registry-data" build --for plain --for nginx --for caddy --for apache \
  --base-url "https://registry.example.com$base" --out "$work/site"

port=$(free_port)
sed -e "s/listen 8080;/listen 127.0.0.1:$port;/" -e '/listen \[::\]/d' -e "s#/usr/share/nginx/html#$work/site/nginx#" "$work/site/nginx/nginx.conf" > "$work/server.conf"
cat > "$work/nginx.conf" <<END
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.log;
events {}
http { access_log off; client_body_temp_path $work/a; proxy_temp_path $work/b; fastcgi_temp_path $work/c; uwsgi_temp_path $work/d; scgi_temp_path $work/e; include $work/server.conf; }
END
nginx -c "$work/nginx.conf" 2>"$work/nginx-start.log" &
pids+=($!)
await "http://127.0.0.1:$port" nginx
python3 "$here/replay.py" "http://127.0.0.1:$port" "$work/site/plain" "$base"

port=$(free_port)
REGISTRY_ROOT="$work/site/caddy" REGISTRY_SITE="http://127.0.0.1:$port" XDG_DATA_HOME="$work/caddy" XDG_CONFIG_HOME="$work/caddy" \
  caddy run --config "$work/site/caddy/Caddyfile" --adapter caddyfile 2>"$work/caddy.log" &
pids+=($!)
await "http://127.0.0.1:$port" caddy
python3 "$here/replay.py" "http://127.0.0.1:$port" "$work/site/plain" "$base"

port=$(free_port)
modules=$(ls -d /usr/lib/apache2/modules)
sed "s#/srv/registry#$work/site/apache#" "$work/site/apache/apache.conf" > "$work/registry.conf"
cat > "$work/apache.conf" <<END
ServerRoot $work
ServerName 127.0.0.1
PidFile $work/apache.pid
Listen 127.0.0.1:$port
ErrorLog $work/apache.log
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule dir_module $modules/mod_dir.so
LoadModule mime_module $modules/mod_mime.so
LoadModule headers_module $modules/mod_headers.so
LoadModule rewrite_module $modules/mod_rewrite.so
TypesConfig /etc/mime.types
<VirtualHost 127.0.0.1:$port>
Include $work/registry.conf
</VirtualHost>
END
[ -f /etc/mime.types ] || sed -i '/TypesConfig/d' "$work/apache.conf"
apache2 -f "$work/apache.conf" -D FOREGROUND 2>"$work/apache-start.log" &
pids+=($!)
await "http://127.0.0.1:$port" apache
python3 "$here/replay.py" "http://127.0.0.1:$port" "$work/site/plain" "$base"
