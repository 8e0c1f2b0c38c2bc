#!/usr/bin/env bash
# Real programs honour the files that a registry exports for them: Copilot CLI, Claude Code, Codex, the reader
# of Amazon Q, apm, add-mcp and mcp-lookup.
#
#   approved.sh TOOL [REAL]
#
# TOOL is the binary; REAL is a data folder: the reader of Amazon Q and Copilot CLI's own commands see it too. Downloads are kept in
# target/e2e-cache. The programs that read /etc run in namespaces of their own, without a network.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
tool=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
real=${2:+$(cd "$2" && pwd)}
if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
  echo "approved: skipped: the programs are those for Linux on x86-64"
  exit 0
fi
cache=${E2E_CACHE:-$top/target/e2e-cache}
npm=(@github/copilot-linux-x64@1.0.102 @anthropic-ai/claude-code-linux-x64@2.1.332
  codex-linux@npm:@openai/codex@0.171.0-linux-x64 add-mcp@2.4.0)
pip=(apm-cli==0.35.0 mcp-lookup==0.5.2)
uv=uv==0.13.8
amazon_q=@aws/lsp-codewhisperer@0.0.128
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# once FOLDER WORD...: whether FOLDER lacks what the words name; it is empty then.
once() {
  [ "$(cat "$cache/$1/installed" 2>/dev/null)" != "${*:2}" ] || return 1
  rm -rf "${cache:?}/$1" && mkdir -p "$cache/$1"
}
done_with() { echo "${*:2}" > "$cache/$1/installed"; }

programs() {
  once programs "${npm[@]}" || return 0
  (cd "$cache/programs" && npm install --silent --no-audit --no-fund --ignore-scripts --omit=optional --prefix . "${npm[@]}")
  done_with programs "${npm[@]}"
}
installers() {
  once installers "${pip[@]}" || return 0
  python3 -m venv "$cache/installers"
  # pip takes a minute for the sixty packages that these need.
  "$cache/installers/bin/pip" install --quiet --no-compile "$uv"
  "$cache/installers/bin/uv" pip install --quiet --python "$cache/installers/bin/python" "${pip[@]}"
  done_with installers "${pip[@]}"
}
# Only the files that read a registry: a whole installation lacks a package that nobody published.
reader() {
  once amazon-q "$amazon_q" || return 0
  (cd "$cache/amazon-q" && tar -xzf "$(npm pack --silent "$amazon_q")" --strip-components 6 \
    package/out/language-server/agenticChat/tools/mcp/mcpRegistry{Constants,Validator}.js)
  done_with amazon-q "$amazon_q"
}

from=$SECONDS
installers & first=$!
reader & second=$!
programs
wait "$first"
wait "$second"
echo "approved: programs there after $((SECONDS - from)) s"
python3 "$here/approved/check.py" "$tool" "$top/registry-data" "$cache" "$work" ${real:+"$real"}
echo "approved: all passed in $SECONDS s"
