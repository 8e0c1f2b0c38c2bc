#!/usr/bin/env bash
# Judges the change of the event: objects are fetched into a bare repository, nothing is checked out.
#
# Base and head come from the event's payload only. Ends with 0 whatever the verdict is, so that the
# report can be kept; the verdict is the output `status` (verdict.sh turns it into the job's end).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../token.sh"
: "${GITHUB_EVENT_NAME:?}" "${GITHUB_EVENT_PATH:?}" "${GITHUB_REPOSITORY:?}" "${REPORT:?}" "${RUNNER_TEMP:?}"
git=$RUNNER_TEMP/registry.git
mkdir -p "$REPORT"
payload() { jq -er "$1" "$GITHUB_EVENT_PATH"; }

# end STATUS [SENTENCE]: keeps the verdict; a sentence becomes the report.
end() {
  if [ -n "${2:-}" ]; then
    printf '%s\n%s\n' '<!-- mcp-static verify -->' "$2" > "$REPORT/comment.md"
    echo "::error title=mcp-static::$2"
  fi
  [ ! -s "$REPORT/comment.md" ] || cat "$REPORT/comment.md" >> "$GITHUB_STEP_SUMMARY"
  echo "status=$1" >> "$GITHUB_OUTPUT"
  exit 0
}

branch=${BRANCH:-$(payload .repository.default_branch)}
case $GITHUB_EVENT_NAME in
  pull_request | pull_request_target)
    number=$(payload .pull_request.number) head=$(payload .pull_request.head.sha) base=refs/heads/$branch
    onto=$(payload .pull_request.base.ref)
    [[ $number =~ ^[0-9]+$ ]] || end 2 "The event has no pull request number."
    head_ref=refs/pull/$number/head ;;
  merge_group)
    head=$(payload .merge_group.head_sha) base=$(payload .merge_group.base_sha)
    onto=$(payload .merge_group.base_ref) onto=${onto#refs/heads/}
    head_ref=$(payload .merge_group.head_ref)
    [[ $base =~ ^[0-9a-f]{40}$ ]] || end 2 "The event has no base commit." ;;
  *) end 2 "This workflow answers pull requests and merge groups; the event was something else." ;;
esac
[[ $head =~ ^[0-9a-f]{40}$ ]] || end 2 "The event has no head commit."
[ "$onto" = "$branch" ] || end 1 "This registry is published from another branch: change the base of this pull request to it."

rm -rf "$git"
git init --quiet --bare "$git"
with_token git -C "$git" fetch --quiet --no-tags "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" \
  "+refs/heads/$branch:refs/heads/$branch" "+$head_ref:refs/mcp-static/head" \
  || end 3 "The forge did not hand out the commits; run this job again."
unset TOKEN
[ "$(git -C "$git" rev-parse refs/mcp-static/head)" = "$head" ] \
  || end 3 "The pull request has newer commits; their own run judges them."
git -C "$git" update-ref refs/mcp-static/base "$(git -C "$git" merge-base "$base" "$head" || git -C "$git" rev-parse "$base")"

status=0
(cd "$git" && mcp-static verify --data "${DATA:-registry-data}" --base "$base" --head "$head" \
  --event "$GITHUB_EVENT_PATH" --report "$REPORT/report.json" --comment "$REPORT/comment.md" --format github) || status=$?
end "$status"
