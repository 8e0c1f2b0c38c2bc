#!/usr/bin/env bash
# What `init` writes is fine as it is, for a company and for the public: the judge, the checks and the build accept
# it as a first commit. Then `init` is asked on a terminal. The steps of the workflows are tried by
# tests/it/ci_steps and tests/it/ci_forge. No network.
#
#   workflow.sh TOOL
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tool=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed() { echo "workflow: $1" >&2; cat "$2" >&2; exit 1; }

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com
for mode in --private --public; do
  git init --quiet -b main "$work/founded$mode"
  (cd "$work/founded$mode" && "$tool" init --yes --quiet $mode && git add . && git commit --quiet -m "Set up" &&
    "$tool" --offline verify --base none && "$tool" check && "$tool" build) > "$work/log" 2>&1 || failed "init $mode is not fine as it is" "$work/log"
done
python3 "$top/tests/e2e/init.py" "$tool"
echo "workflow: all passed"
