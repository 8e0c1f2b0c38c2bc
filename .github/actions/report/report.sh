#!/usr/bin/env bash
# Writes the one comment and the labels of the event's pull request.
#
# The judge's report is data: its comment is passed on as a JSON string of bounded size, and of its
# labels only the six known words count. The comment is found again by its first line.
set -euo pipefail
: "${GITHUB_EVENT_PATH:?}" "${GITHUB_REPOSITORY:?}" "${REPORT:?}" "${TOKEN:?}"
api=${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY
marker='<!-- mcp-static verify -->'
known='new-server new-version status owners needs-maintainer safe-to-merge'
number=$(jq -er .pull_request.number "$GITHUB_EVENT_PATH")
head=$(jq -er .pull_request.head.sha "$GITHUB_EVENT_PATH")
[[ $number =~ ^[0-9]+$ && $head =~ ^[0-9a-f]{40}$ ]] || { echo "::error::The event names no pull request."; exit 2; }

# call METHOD PATH [BODY]: prints the answer. The token stays off the command line.
call() {
  curl --silent --show-error --fail-with-body --retry 2 --max-time 30 --request "$1" ${3:+--data-binary "$3"} \
    --header 'Accept: application/vnd.github+json' --header @- "$api/$2" <<< "Authorization: Bearer $TOKEN"
}
# A fork's own token under `pull_request` may only read; the verdict is in the job summary anyway.
refused() { echo "::notice title=mcp-static::The report could not be written to the pull request; it is in the summary of this run."; exit 0; }

[ -s "$REPORT/comment.md" ] || { echo "There is no report."; exit 0; }
[ "$(head -n 1 "$REPORT/comment.md")" = "$marker" ] || { echo "::error::The report does not begin with its marker."; exit 2; }
# A newer commit has a run of its own; an old verdict must not overwrite its report.
[ "$(call GET "pulls/$number" | jq -r .head.sha)" = "$head" ] || { echo "The pull request has newer commits."; exit 0; }

found=
for page in $(seq 10); do
  comments=$(call GET "issues/$number/comments?per_page=100&page=$page")
  found=$(jq -r --arg marker "$marker" \
    '[.[] | select(.user.type == "Bot" and (.body | startswith($marker)))][0].id // empty' <<< "$comments")
  [ -z "$found" ] && [ "$(jq length <<< "$comments")" -eq 100 ] || break
done
body=$(head -c 65000 "$REPORT/comment.md" | iconv -c -f UTF-8 -t UTF-8 | jq -Rs '{body: .}')
if [ -n "$found" ]; then
  call PATCH "issues/comments/$found" "$body" > /dev/null || refused
else
  call POST "issues/$number/comments" "$body" > /dev/null || refused
fi

wanted=$(jq -r '.labels[]? | strings' "$REPORT/report.json" 2>/dev/null || true)
present=$(call GET "issues/$number/labels?per_page=100" | jq -r '.[].name')
for label in $known; do
  if grep -qxF "$label" <<< "$wanted"; then
    grep -qxF "$label" <<< "$present" || call POST "issues/$number/labels" "{\"labels\":[\"$label\"]}" > /dev/null || refused
  elif grep -qxF "$label" <<< "$present"; then
    call DELETE "issues/$number/labels/$label" > /dev/null || refused
  fi
done
