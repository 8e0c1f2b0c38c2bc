#!/usr/bin/env bash
# Finds the run whose site was proven last: outputs `run` and `commit`, both empty when there is none.
#
# refs/mcp-static/good is an annotated tag that good.sh wrote: its object is the commit, its message names
# the run, and that run keeps the site as an artifact.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../token.sh"
ref=refs/mcp-static/good run='' commit=''
if with_token git fetch --quiet --no-tags origin "+$ref:$ref" 2> /dev/null; then
  run=$(git cat-file tag "$ref" 2> /dev/null | sed -nE 's/^run: ([0-9]{1,20})$/\1/p' | head -n 1) || run=
  commit=$(git rev-parse --quiet --verify "$ref^{commit}") || commit=
fi
printf 'run=%s\ncommit=%s\n' "$run" "$commit" >> "${GITHUB_OUTPUT:?}"
echo "last good run: ${run:-none}"
