#!/usr/bin/env bash
# Remembers which commit is deployed: mark.sh COMMIT HELD-FILE
#
# With held entries the deployed ref stays where it is, so that the next run judges them again, and
# refs/mcp-static/pending says that they are there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../token.sh"
commit=$1 held=$2
if [ -s "$held" ]; then
  with_token git push --quiet --force origin "$commit:refs/mcp-static/pending"
  echo "Entries are held back: the last commit that is proven as a whole stays the base of the next run."
else
  with_token git push --quiet --force origin "$commit:refs/mcp-static/deployed"
  with_token git push --quiet origin :refs/mcp-static/pending 2>/dev/null || true
  echo "$commit is deployed."
fi
