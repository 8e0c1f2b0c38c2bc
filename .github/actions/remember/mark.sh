#!/usr/bin/env bash
# Remembers which commit is deployed: mark.sh COMMIT FOLDER
#
# FOLDER has the gate's held.txt and report.json. With held entries the ref moves only to the last commit
# before them, so that the next run judges them again, and refs/mcp-static/pending says that they are there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../token.sh"
commit=$1 held=$2/held.txt
[[ $commit =~ ^[0-9a-f]{40}$ ]] || { echo "::error title=mcp-static::There is no commit to remember."; exit 2; }
push() { with_token git push --quiet --force origin "$@"; }
if [ -s "$held" ]; then
  proven=$(jq -r '.provenUpTo // empty' "$2/report.json")
  [[ -z $proven || $proven =~ ^[0-9a-f]{40}$ ]] || { echo "::error title=mcp-static::The report does not name a commit."; exit 2; }
  push "$commit:refs/mcp-static/pending"
  [ -z "$proven" ] || push "$proven:refs/mcp-static/deployed"
  echo "Entries are held back; ${proven:-nothing} is the base of the next run."
else
  push "$commit:refs/mcp-static/deployed"
  push :refs/mcp-static/pending 2> /dev/null || true
  echo "$commit is deployed."
fi
