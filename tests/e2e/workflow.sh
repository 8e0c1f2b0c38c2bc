#!/usr/bin/env bash
# Runs the scripts of .github/actions as the workflows do: fake events, a bare repository as the forge,
# a local HTTP server as its API. No network.
#
#   workflow.sh TOOL
#
# `build`, `check` and `init` are the binary's; `verify` is a stand-in whose verdict each case chooses,
# because the scripts are what is tried here: tests/changes tries the judge.
# shellcheck disable=SC2016 # backticks are Markdown here
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
actions=$top/.github/actions
tool=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
failed() { echo "workflow: $1" >&2; shift; for file in "$@"; do echo "--- $file" >&2; cat "$file" >&2; done; exit 1; }
has() { grep -qF -- "$2" "$1" || failed "$1 lacks: $2" "$1"; }
lacks() { ! grep -qF -- "$2" "$1" || failed "$1 holds: $2" "$1"; }

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com
export GITHUB_REPOSITORY=acme/registry GITHUB_SERVER_URL=file://$work/forge RUNNER_TEMP=$work/temp
export GITHUB_OUTPUT=$work/output GITHUB_STEP_SUMMARY=$work/summary GITHUB_PATH=$work/path
mkdir -p "$RUNNER_TEMP" "$work/bin" "$work/forge/acme"

# The stand-in: writes what a case asks for and keeps its arguments and what it could see of the token.
cat > "$work/bin/mcp-static" <<STUB
#!/usr/bin/env bash
[ "\$1" = verify ] || exec "$tool" "\$@"
echo "\$*" > "$work/asked"
env | grep -E 'TOKEN|GIT_CONFIG_VALUE' > "$work/seen" || true
while [ \$# -gt 0 ]; do case \$1 in --report) report=\$2 ;; --comment) comment=\$2 ;; --hold) printf '%s' "\${HELD:-}" > "\$2" ;; esac; shift; done
printf '%s\n' '<!-- mcp-static verify -->' "\${SAYS:-All is well.}" > "\$comment"
jq -n --arg labels "\${LABELS:-}" --arg proven "\${PROVEN:-}" '{labels: (\$labels / " "), provenUpTo: (if \$proven == "" then null else \$proven end)}' > "\$report"
exit "\${VERDICT:-0}"
STUB
chmod +x "$work/bin/mcp-static"
export PATH=$work/bin:$PATH

# A registry on the forge with a pull request that adds a version.
git init --quiet -b main "$work/clone"
cd "$work/clone"
"$tool" init --yes --quiet --base-url https://mcp.acme.example
git add . && git commit --quiet -m "Set up"
git clone --quiet --bare . "$work/forge/acme/registry"
git remote add origin "$GITHUB_SERVER_URL/acme/registry"
git switch --quiet -c change
mkdir -p registry-data/servers/com.example/hello/1.1.0
sed 's/"1.0.0"/"1.1.0"/' registry-data/servers/com.example/hello/1.0.0/server.json > registry-data/servers/com.example/hello/1.1.0/server.json
git add . && git commit --quiet -m "Add 1.1.0"
head=$(git rev-parse HEAD)
git push --quiet origin "HEAD:refs/pull/7/head"

# event HEAD BASE-BRANCH NUMBER: the payload of a pull request, with a title that wants to be a command.
event() {
  jq -n --arg head "$1" --arg base "$2" --argjson number "$3" '
    {login: "acme", id: 1, type: "Organization"} as $owner |
    {id: 10, full_name: "acme/registry", private: true, visibility: "private", default_branch: "main", owner: $owner} as $repo |
    {number: $number, repository: $repo, pull_request: {number: $number, title: "$(touch pwned)`touch pwned`",
      user: {login: "alice", id: 1001, type: "User"}, head: {sha: $head, ref: "change", repo: $repo},
      base: {ref: $base, repo: $repo}}}' > "$work/event.json"
}
# judge NAME VALUE…: runs the judge on the event; $status is its verdict.
judge() {
  : > "$GITHUB_OUTPUT"; : > "$GITHUB_STEP_SUMMARY"; rm -rf "$work/report" "$work/asked"
  env "$@" GITHUB_EVENT_PATH="$work/event.json" REPORT="$work/report" bash "$actions/judge/judge.sh" > "$work/log" 2>&1 || failed "the judge broke" "$work/log"
  status=$(sed -n 's/^status=//p' "$GITHUB_OUTPUT")
}

verdict() { [ "$status" = "$1" ] || failed "verdict $1 was expected, not $status" "$work/log"; }

echo "workflow: the judge"
event "$head" main 7
for verdict in 0 1 2 3 4; do
  judge GITHUB_EVENT_NAME=pull_request_target VERDICT=$verdict TOKEN=s3cret
  [ "$status" = "$verdict" ] || failed "verdict $verdict became $status" "$work/log"
  ended=0; bash "$actions/judge/verdict.sh" "$status" > "$work/log" || ended=$?
  [ "$ended" = "$([ "$verdict" = 4 ] && echo 0 || echo "$verdict")" ] || failed "verdict $verdict ended with $ended" "$work/log"
done
has "$work/asked" "--base refs/heads/main --head $head --event $work/event.json"
has "$GITHUB_STEP_SUMMARY" "All is well."
[ ! -s "$work/seen" ] || failed "the judge's binary saw a token" "$work/seen"
[ ! -e "$work/temp/registry.git/registry-data" ] || failed "something was checked out"
[ ! -e pwned ] || failed "a title was run"

RUNNER_TEMP=$work/temp bash "$actions/judge/preview.sh"
has "$GITHUB_STEP_SUMMARY" '| added | `/v0.1/servers/com.example/hello/versions/1.1.0` |'
has "$GITHUB_STEP_SUMMARY" '| changed | `/v0.1/servers/com.example/hello/versions/latest` |'
has "$GITHUB_STEP_SUMMARY" '| changed | `/v0.1/servers` |'
lacks "$GITHUB_STEP_SUMMARY" '/v0.1/version`'

event "$head" release 7
judge GITHUB_EVENT_NAME=pull_request
verdict 1; has "$work/report/comment.md" "change the base"
event "$(git rev-parse main)" main 7
judge GITHUB_EVENT_NAME=pull_request
verdict 3; has "$work/report/comment.md" "newer commits"
[ ! -e "$work/asked" ] || failed "a moved pull request was judged"
event "$head" main 8
judge GITHUB_EVENT_NAME=pull_request
verdict 3
event "$head; id" main 7
judge GITHUB_EVENT_NAME=pull_request
verdict 2
event "$head" main '"7 --upload-pack=x"'
judge GITHUB_EVENT_NAME=pull_request
verdict 2
judge GITHUB_EVENT_NAME=issue_comment
verdict 2

git push --quiet origin "$head:refs/heads/gh-readonly-queue/main/pr-7"
jq -n --arg head "$head" --arg base "$(git rev-parse main)" '{repository: {default_branch: "main"}, merge_group:
  {head_sha: $head, base_sha: $base, base_ref: "refs/heads/main", head_ref: "refs/heads/gh-readonly-queue/main/pr-7"}}' > "$work/event.json"
judge GITHUB_EVENT_NAME=merge_group
verdict 0; has "$work/asked" "--base $(git rev-parse main) --head $head"

if "$tool" verify --help > /dev/null 2>&1; then
  echo "workflow: the judge of the binary itself"
  for mode in --private --public; do
    git init --quiet -b main "$work/founded$mode"
    (cd "$work/founded$mode" && "$tool" init --yes --quiet $mode && git add . && git commit --quiet -m "Set up" &&
      "$tool" --offline verify --base none && "$tool" check && "$tool" build) > "$work/log" 2>&1 || failed "init $mode is not fine as it is" "$work/log"
  done
  mv "$work/bin/mcp-static" "$work/bin/stand-in" && ln -s "$tool" "$work/bin/mcp-static"
  event "$head" main 7
  judge GITHUB_EVENT_NAME=pull_request
  verdict 0; has "$work/report/comment.md" "com.example/hello"
  [ "$(jq -r '.labels | join(" ")' "$work/report/report.json")" = new-version ] || failed "the labels are wrong" "$work/report/report.json"
  git switch --quiet -c edit main
  sed -i 's/Hello/Bye/' registry-data/servers/com.example/hello/1.0.0/server.json
  git commit --quiet -am "Edit what is published" && git push --quiet origin HEAD:refs/pull/9/head
  event "$(git rev-parse HEAD)" main 9
  judge GITHUB_EVENT_NAME=pull_request
  verdict 1; has "$work/report/comment.md" "version-immutable"
  mv "$work/bin/stand-in" "$work/bin/mcp-static"
  git switch --quiet change
fi

echo "workflow: the report"
python3 "$top/tests/e2e/forge.py" "$work/forge.json" "$work/port" &
for _ in $(seq 50); do [ -s "$work/port" ] && break; sleep 0.1; done
port=$(cat "$work/port")
export GITHUB_API_URL=http://127.0.0.1:$port
# report LABELS SAYS…: what the judge says reaches the pull request; $work/forge.json is the forge after it.
report() {
  LABELS=$1 SAYS=$2 VERDICT=0 judge GITHUB_EVENT_NAME=pull_request
  GITHUB_EVENT_PATH=$work/event.json REPORT=$work/report TOKEN=s3cret bash "$actions/report/report.sh" > "$work/log" 2>&1 || failed "the report broke" "$work/log"
}
state() { jq -cr "$1" "$work/forge.json"; }
event "$head" main 7
jq --arg head "$head" '.head = $head' <<< '{"comments":[{"id":1,"user":{"type":"User"},"body":"<!-- mcp-static verify --> a fake"}],"labels":["bug","owners"]}' > "$work/forge.json"
report "new-version safe-to-merge evil;label" 'First "quoted" `verdict` ünïcode'
[ "$(state '[.comments[].user.type] | join(" ")')" = "User Bot" ] || failed "the comment is not there" "$work/forge.json"
[ "$(state '.comments[1].body | split("\n")[1]')" = 'First "quoted" `verdict` ünïcode' ] || failed "the comment is wrong" "$work/forge.json"
[ "$(state '.labels | sort | join(" ")')" = "bug new-version safe-to-merge" ] || failed "the labels are wrong" "$work/forge.json"
report "needs-maintainer" "Second verdict"
[ "$(state '.comments | length')" = 2 ] || failed "there is more than one comment" "$work/forge.json"
[ "$(state '.comments[1].body | split("\n")[1]')" = "Second verdict" ] || failed "the comment was not renewed" "$work/forge.json"
[ "$(state '.labels | sort | join(" ")')" = "bug needs-maintainer" ] || failed "old labels are left" "$work/forge.json"
jq '.head = "0000000000000000000000000000000000000000"' "$work/forge.json" > "$work/next.json" && cp "$work/next.json" "$work/forge.json"
report "safe-to-merge" "Third verdict"
[ "$(state '.comments[1].body | split("\n")[1]')" = "Second verdict" ] || failed "an old verdict won" "$work/forge.json"
jq --arg head "$head" '.head = $head | .readonly = true' "$work/forge.json" > "$work/next.json" && cp "$work/next.json" "$work/forge.json"
report "safe-to-merge" "Fourth verdict"
has "$work/log" "could not be written"
kill %1

echo "workflow: the gate"
git switch --quiet main
# A stand-in for curl that hands out one file, whatever the address.
cat > "$work/bin/curl" <<'STUB'
#!/usr/bin/env bash
while [ $# -gt 1 ]; do [ "$1" != --output ] || out=$2; shift; done
cp "$SERVED" "${out:-/dev/stdout}"
STUB
chmod +x "$work/bin/curl"
# gate NAME VALUE…: judges, builds and remembers as the publishing workflow does.
gate() {
  rm -rf "$work/out"; : > "$GITHUB_STEP_SUMMARY"
  env "$@" OUT="$work/out" bash "$actions/gate/gate.sh" > "$work/log" 2>&1 || return $?
  env "$@" OUT="$work/out" HOST=github-pages bash "$actions/gate/build.sh" >> "$work/log" 2>&1 || return $?
  bash "$actions/remember/mark.sh" "$(git rev-parse HEAD)" "$work/out" >> "$work/log" 2>&1
}
deployed() { git -C "$work/forge/acme/registry" rev-parse --quiet --verify "refs/mcp-static/$1" || true; }
first=$(git rev-parse HEAD)
gate VERDICT=0 || failed "the first deployment broke" "$work/log"
has "$work/asked" "--base $first --head $first"
[ "$(deployed deployed)" = "$first" ] || failed "the first deployment is not remembered" "$work/log"
[ -f "$work/out/site/.nojekyll" ] || failed "the site is not built" "$work/log"
has "$GITHUB_STEP_SUMMARY" "$(sha256sum < "$work/out/site/manifest.json" | cut -d' ' -f1)"

git merge --quiet change
held=servers/com.example/hello/1.1.0
can_hold=$("$tool" build --help | grep -c -- --without || true)
if [ "$can_hold" = 0 ]; then # a binary without --without: the scripts up to and after the build
  OUT=$work/out VERDICT=0 PROVEN="$first" HELD="$held"$'\n' bash "$actions/gate/gate.sh" > "$work/log" 2>&1 || failed "holding back broke" "$work/log"
  bash "$actions/remember/mark.sh" "$(git rev-parse HEAD)" "$work/out" >> "$work/log" 2>&1
else
  gate VERDICT=0 PROVEN="$first" HELD="$held"$'\n' || failed "holding back broke" "$work/log"
  [ ! -e "$work/out/site/v0.1/servers/com.example/hello/versions/1.1.0" ] || failed "a held entry is published" "$work/log"
fi
has "$work/asked" "--base $first"
has "$work/log" "1 entries are held back"
[ "$(deployed deployed)" = "$first" ] && [ -n "$(deployed pending)" ] || failed "the ref moved past a held entry" "$work/log"
gate VERDICT=0 || failed "the second deployment broke" "$work/log"
has "$work/asked" "--base $first"
[ "$(deployed deployed)" = "$(git rev-parse HEAD)" ] && [ -z "$(deployed pending)" ] || failed "the second deployment is not remembered" "$work/log"
[ -e "$work/out/site/v0.1/servers/com.example/hello/versions/1.1.0" ] || failed "the new version is missing" "$work/log"
gate VERDICT=2 && failed "a gate that could not judge passed" "$work/log"
gate VERDICT=1 && failed "a refused history was published" "$work/log"
gate VERDICT=3 && failed "a history that nobody could judge was published" "$work/log"
git reset --quiet --hard "$first" && git commit --quiet --allow-empty -m "Another history"
gate VERDICT=0 && failed "a rewritten history passed" "$work/log"
has "$work/log" "delete refs/mcp-static/deployed"

# Without a ref the live site knows, unless something was held back since the beginning.
git push --quiet origin :refs/mcp-static/deployed
jq -n --arg commit "$(git rev-parse HEAD)" '{commit: $commit}' > "$work/live.json"
live=(VERDICT=0 LIVE_URL=https://mcp.acme.example SERVED="$work/live.json")
gate "${live[@]}" || failed "asking the live site broke" "$work/log"
has "$work/asked" "--base $(git rev-parse HEAD)"
git commit --quiet --allow-empty -m "More"
jq -n --arg commit "$(git rev-parse HEAD~1)" '{commit: $commit}' > "$work/live.json"
git push --quiet origin :refs/mcp-static/deployed "$first:refs/mcp-static/pending"
gate "${live[@]}" || failed "a pending first deployment broke" "$work/log"
has "$work/asked" "--base $first"

echo "workflow: the installer"
printf '#!/bin/sh\necho "mcp-static 9.9.9"\n' > "$work/served"
sum=$(sha256sum < "$work/served" | cut -d' ' -f1)
install() { : > "$GITHUB_PATH"; rm -rf "$RUNNER_TEMP/mcp-static"; env SERVED="$work/served" "$@" bash "$actions/setup/install.sh" > "$work/log" 2>&1; }
install TOOL_URL=https://artifacts.example.com/mcp-static SHA256="${sum^^}" || failed "the right sum was refused" "$work/log"
has "$work/log" "mcp-static 9.9.9"; has "$GITHUB_PATH" "$RUNNER_TEMP/mcp-static/bin"
install TOOL_PATH="$work/served" || failed "a binary on the runner was refused" "$work/log"
for case in "TOOL_URL=https://a.example/x SHA256=${sum/[0-9]/a}0" "TOOL_URL=https://a.example/x SHA256=$(tr 0-9a-f 1-9a-f0 <<< "$sum")" \
  "TOOL_URL=https://a.example/x" "TOOL_URL=http://a.example/x SHA256=$sum" "TOOL_PATH=$work/none" "VERSION=0.0.0" \
  "TOOL_PATH=$work/served SHA256=$(tr 0-9a-f 1-9a-f0 <<< "$sum")"; do
  # shellcheck disable=SC2086
  install $case && failed "$case was installed" "$work/log"
  lacks "$work/log" "mcp-static 9.9.9"
  [ ! -s "$GITHUB_PATH" ] || failed "$case is on the path" "$work/log"
done
python3 "$top/tests/e2e/init.py" "$tool"
echo "workflow: all passed"
