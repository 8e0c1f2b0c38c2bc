#!/usr/bin/env bash
# Runs the workflows that `init` writes, from an empty folder to a published registry: GitHub and Forgejo with a small
# runner on GitHub's own parser and expression evaluator, GitLab with gitlab-ci-local. Loopback only.
#
#   workflows.sh TOOL
#
# Installs what it needs: nginx with apt-get when root and missing, the rest from npm.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/forge
command -v nginx >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light >/dev/null; }
[ -d "$here/node_modules/@actions/workflow-parser" ] || npm ci --prefix "$here" --ignore-scripts --silent --no-audit --no-fund
export NO_PROXY=127.0.0.1,localhost
for story in lint github pages requests forgejo gitlab own; do
  from=$SECONDS
  node "$here/$story.mjs" "$1"
  echo "e2e: workflows: $story: $((SECONDS - from)) s"
done
