#!/usr/bin/env bash
# What `init` writes: it is fine as a first commit, `init` asks on a terminal, and its workflows run from an empty folder
# to a published registry: GitHub and Forgejo with a small runner on GitHub's own parser and expression evaluator
# (forge/runner.mjs), GitLab with gitlab-ci-local. Loopback only.
#
#   workflows.sh TOOL
#
# Installs what it needs: nginx and rsync with apt-get when root and missing, the rest from npm.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tool=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com
for mode in --private --public; do
  git init --quiet -b main "$work/founded$mode"
  (cd "$work/founded$mode" && "$tool" init --yes --quiet $mode --example && git add . && git commit --quiet -m "Set up" &&
    "$tool" --offline verify --base none && "$tool" check && "$tool" build) > "$work/log" 2>&1 || { echo "workflows: init $mode is not fine as it is" >&2; cat "$work/log" >&2; exit 1; }
done
python3 "$here/init.py" "$tool"

missing=()
command -v nginx >/dev/null || missing+=(nginx-light)
command -v rsync >/dev/null || missing+=(rsync)
[ ${#missing[@]} -eq 0 ] || { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }
[ -d "$here/forge/node_modules/@actions/workflow-parser" ] || npm ci --prefix "$here/forge" --ignore-scripts --silent --no-audit --no-fund
export NO_PROXY=127.0.0.1,localhost
for story in lint github pages requests sync forgejo gitlab own; do
  from=$SECONDS
  node "$here/forge/$story.mjs" "$tool"
  echo "workflows: $story: $((SECONDS - from)) s"
done
