#!/usr/bin/env bash
# What other systems make of the files that are for them: their own readers and linters, where these can be installed.
#
#   systems.sh TOOL [DATA [SPEC]]
#
# TOOL is the binary; with a data folder the real data is looked at too, and with a folder of published schemas the
# documents are compared with those.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
tool=$1
data=${2:-}
spec=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Readers and linters in the versions that were read.
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  mcp-contextforge-gateway==1.0.7 ard-publish==1.2.1 agent-card-starter==0.2.1 jsonschema pyyaml

# site DATA NAME: builds the data with every file switched on.
site() {
  mkdir -p "$work/$2"
  cp -r "$1" "$work/$2/registry-data"
  cat > "$work/$2/registry-data/registry.toml" <<'TOML'
[registry]
name = "Everything"
visibility = "public"
base_url = "https://registry.example.com/tools"
[exports]
enable = ["ard", "server-cards", "docker", "toolhive", "contextforge", "all"]
TOML
  git -C "$work/$2" init -q
  git -C "$work/$2" add -A
  git -C "$work/$2" -c user.name=test -c user.email=test@example.com commit -qm data
  (cd "$work/$2" && "$tool" -q build > "$work/$2/report.txt" 2>&1) || { cat "$work/$2/report.txt" >&2; exit 1; }
  PATH="$work/venv/bin:$PATH" "$work/venv/bin/python" "$here/systems.py" "$2" "$work/$2/_site" ${spec:+"$spec"}
}

site "$top/registry-data" sample
[ -z "$data" ] || site "$data" real
