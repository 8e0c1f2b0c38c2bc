#!/usr/bin/env bash
# The catalog in a real browser: Debian's Chromium, Playwright, axe-core, html-validate.
#
#   catalog.sh TOOL [DATA]
#
# TOOL is the binary; with a data folder the tests also run on it. Installs what it needs: Chromium
# with apt-get when root and missing, the rest from npm.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
tool=$1
data=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "${CHROMIUM:-}" ]; then
  if ! command -v chromium >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq chromium >/dev/null
  fi
  CHROMIUM=$(command -v chromium)
fi
export CHROMIUM
if [ ! -d "$here/node_modules/playwright-core" ]; then
  (cd "$here" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund)
fi

# repository DATA NAME: the data in a git repository of its own, with a remote for the forge's links.
repository() {
  mkdir -p "$work/$2"
  cp -r "$1" "$work/$2/registry-data"
  # Public, as search engines and Lighthouse look for.
  [ -f "$work/$2/registry-data/registry.toml" ] || printf '[registry]\nvisibility = "public"\n' > "$work/$2/registry-data/registry.toml"
  git -C "$work/$2" init -q
  git -C "$work/$2" remote add origin https://github.com/acme-example/registry.git
  git -C "$work/$2" add -A
  git -C "$work/$2" -c user.name=test -c user.email=test@example.com commit -qm data
}

base=https://registry.example.com/tools
repository "$top/registry-data" sample
(cd "$work/sample" && "$tool" -q build --base-url "$base" 2>/dev/null)
# With the result of a probe, so that its page is looked at too; without CORS there is something to say.
"$tool" serve --as plain --without-cors --site "$work/sample/_site" --addr 127.0.0.1:0 2> "$work/serve.txt" &
trap 'kill "$!" 2> /dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do grep -q '^serving on' "$work/serve.txt" && break; sleep 0.1; done
preview=$(sed -nE 's|^serving on (.*)/$|\1|p' "$work/serve.txt")
"$tool" -q probe "$preview" --stands-for "$base" --require vscode --write "$work/probe" > /dev/null && { echo "catalog: the probe found nothing" >&2; exit 1; }
kill "$!"
(cd "$work/sample" && "$tool" -q build --base-url "$base" --probe "$work/probe/probe.json" 2>/dev/null)
args=("$work/sample/_site")
if [ -n "$data" ]; then
  repository "$data" real
  (cd "$work/real" && "$tool" -q build --base-url "$base" 2>/dev/null)
  args+=("$work/real/_site")
fi
node --test "$top/tests/e2e/search.test.mjs"
# The same data with every client in the first row, to compare what the script makes of packed texts.
all='vscode copilot-cli claude-code cursor jetbrains json visual-studio claude-desktop codex gemini-cli lm-studio goose kiro windsurf opencode'
for site in sample ${data:+real}; do
  mkdir -p "$work/$site-all"
  cp -r "$work/$site/registry-data" "$work/$site-all"
  settings="$work/$site-all/registry-data/registry.toml"
  clients="clients = [\"${all// /\", \"}\"]"
  if grep -q '^\[catalog\]' "$settings"; then
    sed -i "s/^\[catalog\]\$/&\n$clients/" "$settings"
  else
    printf '[catalog]\n%s\n' "$clients" >> "$settings"
  fi
  (cd "$work/$site-all" && "$tool" -q build --base-url "$base" 2>/dev/null)
  SITE="$work/$site/_site" ALL="$work/$site-all/_site" node --test "$top/tests/e2e/install.test.mjs"
done
node "$here/catalog.mjs" "${args[@]}"
[ -z "$data" ] || node "$here/lighthouse.mjs" "$work/real/_site" io.github.github/github-mcp-server github
