#!/usr/bin/env bash
# Remembers which run's site was proven to work for clients: good.sh RUN COMMIT
#
# An annotated tag at refs/mcp-static/good, which is no tag that people see: its object is the commit, its
# message names the run, whose artifact is that site.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../token.sh"
run=$1 commit=$2
[[ $run =~ ^[0-9]+$ ]] || { echo "::error title=mcp-static::This run has no number."; exit 2; }
tag=$(printf 'object %s\ntype commit\ntag good\ntagger mcp-static <mcp-static@localhost> %s +0000\n\nThe site of this run works for clients.\n\nrun: %s\n' \
  "$commit" "$(date +%s)" "$run" | git mktag)
with_token git push --quiet --force origin "$tag:refs/mcp-static/good"
echo "Run $run is the last good one."
