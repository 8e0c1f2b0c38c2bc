#!/usr/bin/env bash
# Judges every commit between the last deployed one and HEAD and lists what has to stay out.
#
# The last deployed commit is the ref refs/mcp-static/deployed. It moves only as far as nothing is held
# (mark.sh), so a held entry stays in the judged range until it is proven. Without the ref the live
# site's manifest is asked, unless the first deployment already held something back; and without an
# answer nothing counts as deployed: the branch's first commit founded the registry.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../token.sh"
: "${OUT:?}" "${GITHUB_STEP_SUMMARY:?}"
mkdir -p "$OUT"
with_token git fetch --quiet --no-tags --prune origin '+refs/mcp-static/*:refs/mcp-static/*'
ref() { git rev-parse --quiet --verify "refs/mcp-static/$1^{commit}" || true; }

head=$(git rev-parse HEAD)
base=$(ref deployed)
if [ -z "$base" ] && [ -z "$(ref pending)" ] && [[ ${LIVE_URL:-} == https://* ]]; then
  live=$(curl --silent --fail --location --proto '=https' --max-time 30 --max-filesize 268435456 "${LIVE_URL%/}/manifest.json" \
    | jq -r '.commit // empty' 2>/dev/null || true)
  if [[ $live =~ ^[0-9a-f]{40}$ ]] && git cat-file -e "$live^{commit}" 2>/dev/null; then base=$live; fi
fi
if [ -z "$base" ]; then
  base=none
  # What the first deployment held back is judged from the start, and the rest is published by now.
  [ -z "$(ref pending)" ] || base=$(git rev-list --first-parent HEAD | tail -n 1)
elif ! git merge-base --is-ancestor "$base" "$head"; then
  echo "::error title=mcp-static::The deployed commit $base is not in this branch's history. When that is meant, delete refs/mcp-static/deployed: everything is judged again."
  exit 2
fi

# The last site may be later than the base, where something of it was held back.
published=$(ref pending)
status=0
GITHUB_TOKEN=${TOKEN:-} mcp-static verify --data "${DATA:-registry-data}" --base "$base" --head "$head" \
  ${published:+--published "$published"} --hold "$OUT/held.txt" --report "$OUT/report.json" --comment "$OUT/comment.md" --format github || status=$?
[ ! -s "$OUT/comment.md" ] || cat "$OUT/comment.md" >> "$GITHUB_STEP_SUMMARY"
case $status in
  0) ;; # what is refused is in the list of what is held back
  1 | 3)
    echo "::error title=mcp-static::What was merged could not be judged. The site stays as it is; the summary says what to do."
    exit "$status"
    ;;
  *) exit 2 ;;
esac
[ -f "$OUT/held.txt" ] || { echo "::error title=mcp-static::There is no list of what is held back; nothing is published."; exit 2; }
if [ -s "$OUT/held.txt" ]; then
  echo "::warning title=mcp-static::Some files are held back and stay as they were deployed ($(grep -c . "$OUT/held.txt")); the summary says why, and what releases them. The rest is published."
fi
