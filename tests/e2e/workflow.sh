#!/usr/bin/env bash
# Runs the scripts of .github/actions as the workflows do: fake events, a bare repository as the forge,
# a local HTTP server as its API. No network.
#
#   workflow.sh TOOL
#
# `build`, `check`, `serve`, `probe` and `init` are the binary's; `verify` is a stand-in whose verdict each
# case chooses, because the scripts are what is tried here: tests/changes tries the judge. The live site is
# a server on this computer at $LIVE; the stand-ins of curl and of the tool lead its https address there.
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
site=https://mcp.acme.example

# The stand-in: writes what a case asks for and keeps its arguments and what it could see of the token.
cat > "$work/bin/mcp-static" <<STUB
#!/usr/bin/env bash
if [ "\$1" = probe ] && [ "\$2" = "$site" ]; then shift 2; exec "$tool" probe "\$LIVE" --stands-for "$site" "\$@"; fi
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
"$tool" init --yes --quiet --base-url "$site"
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
# A stand-in for curl: asks the server at $LIVE, or hands out one file with $STATUS whatever the address;
# with neither it reaches nobody.
cat > "$work/bin/curl" <<STUB
#!/usr/bin/env bash
set -o pipefail
arguments=() out=/dev/stdout format=
while [ \$# -gt 0 ]; do
  case \$1 in
    --proto) shift ;;
    --output) out=\$2 arguments+=("\$1" "\$2") && shift ;;
    --write-out) format=\$2 arguments+=("\$1" "\$2") && shift ;;
    "$site"*) arguments+=("\${LIVE:-none}\${1#"$site"}") ;;
    *) arguments+=("\$1") ;;
  esac
  shift
done
if [ -n "\${LIVE:-}" ]; then $(command -v curl) "\${arguments[@]}" | sed "s|\$LIVE|$site|g"; exit; fi
[ -n "\${SERVED:-}" ] || { echo 000; exit 7; }
case " \${arguments[*]} " in *" --fail "*) [ "\${STATUS:-200}" = 200 ] || exit 22 ;; esac
cp "\$SERVED" "\$out"
[ -z "\$format" ] || printf '%s' "\${STATUS:-200}"
STUB
chmod +x "$work/bin/curl"
# gate NAME VALUE…: judges, builds, tries and remembers as the publishing workflow does.
gate() {
  rm -rf "$work/out"; : > "$GITHUB_STEP_SUMMARY"; : > "$GITHUB_OUTPUT"
  env HOST=github-pages "$@" OUT="$work/out" bash "$actions/gate/gate.sh" > "$work/log" 2>&1 || return $?
  for step in build guard preview; do
    env HOST=github-pages "$@" OUT="$work/out" bash "$actions/gate/$step.sh" >> "$work/log" 2>&1 || return $?
  done
  bash "$actions/remember/mark.sh" "$(git rev-parse HEAD)" "$work/out" >> "$work/log" 2>&1
}
deployed() { git -C "$work/forge/acme/registry" rev-parse --quiet --verify "refs/mcp-static/$1" || true; }
first=$(git rev-parse HEAD)
gate VERDICT=0 || failed "the first deployment broke" "$work/log"
has "$work/asked" "--base none --head $first"
[ "$(deployed deployed)" = "$first" ] || failed "the first deployment is not remembered" "$work/log"
[ -f "$work/out/site/.nojekyll" ] || failed "the site is not built" "$work/log"
has "$GITHUB_STEP_SUMMARY" "$(sha256sum < "$work/out/site/manifest.json" | cut -d' ' -f1)"
has "$GITHUB_OUTPUT" "url=$site"
has "$GITHUB_STEP_SUMMARY" "### What clients would see (preview) of \`$site\`"
has "$GITHUB_STEP_SUMMARY" "| **VS Code** | ✓ |"
cmp "$work/out/probe/probe.json" "$work/out/site/probe/probe.json" || failed "the result is not in the site" "$work/log"
has "$work/out/site/manifest.json" probe/badge.svg
cmp "$work/out/manifest.json" "$work/out/site/manifest.json" || failed "another manifest is kept" "$work/log"
lacks "$work/out/site/probe/probe.json" 127.0.0.1
stopped() { ! pgrep -f "$work/out/site" > /dev/null || failed "the preview is still served" "$work/log"; }
stopped
cp -r "$work/out/site" "$work/once"
gate VERDICT=0 || failed "deploying again broke" "$work/log"
diff -r "$work/once" "$work/out/site" || failed "two builds of the same commit differ"

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
has "$work/log" "stay as they were deployed (1)"
[ "$(deployed deployed)" = "$first" ] && [ -n "$(deployed pending)" ] || failed "the ref moved past a held entry" "$work/log"
gate VERDICT=0 || failed "the second deployment broke" "$work/log"
has "$work/asked" "--base $first"
[ "$(deployed deployed)" = "$(git rev-parse HEAD)" ] && [ -z "$(deployed pending)" ] || failed "the second deployment is not remembered" "$work/log"
[ -e "$work/out/site/v0.1/servers/com.example/hello/versions/1.1.0" ] || failed "the new version is missing" "$work/log"
gate VERDICT=2 && failed "a gate that could not judge passed" "$work/log"
gate VERDICT=0 PROVEN=../elsewhere HELD="$held"$'\n' && failed "a report that names no commit was remembered" "$work/log"
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

echo "workflow: the guard and the preview"
git reset --quiet --hard "$first" && git push --quiet origin :refs/mcp-static/deployed
gate VERDICT=0 SERVED="$work/live.json" STATUS=404 LIVE_URL="$site" || failed "a site that is not there yet was compared" "$work/log"
has "$work/log" "so this is the first"
jq '.files += [range(30) | {path: "v0.1/servers/com.example/s\(.)/versions/latest/index.json", size: 1, sha256: ("0" * 64)}]' "$work/out/manifest.json" > "$work/large.json"
before=$(deployed deployed)
git commit --quiet --allow-empty -m "Next"
gate VERDICT=0 SERVED="$work/large.json" && failed "a site that lost its servers was published" "$work/log"
has "$work/log" "[site-shrunk]"; has "$work/log" "with allow-shrink"
[ "$(deployed deployed)" = "$before" ] || failed "a ref moved"
[ ! -e "$work/out/probe" ] || failed "the preview was probed after a refusal"
gate VERDICT=0 SERVED="$work/large.json" ALLOW_SHRINK=true || failed "allow-shrink does not let it through" "$work/log"
[ "$(deployed deployed)" = "$(git rev-parse HEAD)" ] || failed "the ref did not move" "$work/log"
# A login in the manifest's place, or nobody: the commit that was deployed last is counted instead.
echo '<html>Sign in</html>' > "$work/login.html"
gate VERDICT=0 SERVED="$work/login.html" || failed "a login in place of the manifest broke" "$work/log"
has "$work/log" "compared"; [ -s "$work/out/before/manifest.json" ] || failed "the deployed commit was not counted" "$work/log"
# So it is when the registry moves to an address where nothing is yet.
gate VERDICT=0 SERVED="$work/live.json" STATUS=404 || failed "a new address broke" "$work/log"
[ -s "$work/out/before/manifest.json" ] || failed "the deployed commit was not counted for a new address" "$work/log"
git rm --quiet -r registry-data/servers/com.example && git commit --quiet -m "Lose everything"
gate VERDICT=0 && failed "an empty site was published" "$work/log"
has "$work/log" "[registry-empty]"
git reset --quiet --hard HEAD~1

require() { sed -i '/^\[probe\]/,$d' registry-data/registry.toml; printf '[probe]\nrequire = ["%s"]\n' "$1" >> registry-data/registry.toml; }
before=$(deployed deployed)
require mcp-gateway-registry && git commit --quiet -am "Require a client that follows no redirect"
gate VERDICT=0 && failed "a site that a required client cannot use was published" "$work/log"
has "$work/log" "Nothing is deployed: on github-pages"; has "$GITHUB_STEP_SUMMARY" "redirect-refused"
[ "$(deployed deployed)" = "$before" ] && [ ! -e "$work/out/site/probe" ] || failed "something was published" "$work/log"
stopped
gate VERDICT=0 HOST=cloudflare-workers && failed "a redirect was not seen on another host" "$work/log"
gate VERDICT=0 HOST=nginx || failed "a host without redirects is refused" "$work/log"
require apm && git commit --quiet -am "Require another"
for host in plain s3 cloudflare-workers; do
  require vscode
  gate VERDICT=0 HOST=$host || failed "$host is refused" "$work/log"
done
gate VERDICT=0 HOST=moon && failed "a host that does not exist is fine" "$work/log"
sed -i '/^base_url/d' registry-data/registry.toml
gate VERDICT=0 HOST=plain || failed "a registry without a base URL is refused" "$work/log"
has "$GITHUB_STEP_SUMMARY" "not part of the site"; [ ! -e "$work/out/site/probe" ] || failed "a result without a URL is in the site"
git checkout --quiet registry-data
require vscode; git commit --quiet -am "Require VS Code"

echo "workflow: the proof"
printf '#!/bin/sh\nexec /bin/sleep 0.05\n' > "$work/bin/sleep" && chmod +x "$work/bin/sleep"
gate VERDICT=0 || failed "the site to deploy does not build" "$work/log"
deployed_site=$work/deployed && cp -r "$work/out/site" "$deployed_site" && cp "$work/out/manifest.json" "$work/deployed.json"
# live FOLDER [HOST]: serves a folder as the live site; $LIVE is its address.
live() {
  : > "$work/live.txt"
  "$tool" serve --as "${2:-github-pages}" --site "$1" --addr 127.0.0.1:0 > "$work/live.txt" 2>&1 &
  for _ in $(seq 200); do grep -q '^serving on' "$work/live.txt" && break; /bin/sleep 0.1; done
  LIVE=$(sed -nE 's|^serving on (.*)/$|\1|p' "$work/live.txt"); export LIVE
}
# gatekeeper MODE: a host that lets nobody in.
gatekeeper() {
  rm -f "$work/port"
  python3 "$top/tests/e2e/login.py" "$1" "$work/port" &
  for _ in $(seq 200); do [ -s "$work/port" ] && break; /bin/sleep 0.1; done
  LIVE=http://127.0.0.1:$(cat "$work/port"); export LIVE
}
# prove RESULT EXIT: probes the live site; then the job has to end like that.
prove() {
  : > "$GITHUB_OUTPUT"; : > "$GITHUB_STEP_SUMMARY"
  URL=$site MANIFEST=$work/deployed.json bash "$actions/prove/prove.sh" > "$work/log" 2>&1 || failed "the proof broke" "$work/log"
  result=$(sed -n 's/^result=//p' "$GITHUB_OUTPUT")
  [ "$result" = "$1" ] || failed "the result is $result, not $1" "$work/log" "$GITHUB_STEP_SUMMARY"
  ended=0; bash "$actions/prove/verdict.sh" "$result" >> "$work/log" || ended=$?
  [ "$ended" = "$2" ] || failed "$result ended with $ended" "$work/log"
}
live "$deployed_site"; prove works 0
has "$GITHUB_STEP_SUMMARY" "| **VS Code** | ✓ |"; [ -s "$RUNNER_TEMP/prove/badge.svg" ] || failed "no badge is kept"
echo '{}' > "$work/older.json"; mv "$work/deployed.json" "$work/kept.json"; cp "$work/older.json" "$work/deployed.json"
prove stale 1; has "$GITHUB_STEP_SUMMARY" "an older site answers"; has "$work/log" "::error"
mv "$work/kept.json" "$work/deployed.json"; kill %%
cp -r "$deployed_site" "$work/broken" && rm -r "$work/broken/v0.1/servers/com.example"
live "$work/broken"; prove fails 1
has "$GITHUB_STEP_SUMMARY" "listed-but-not-found"; has "$work/log" "::error"; kill %%
prove silent 3; has "$GITHUB_STEP_SUMMARY" "did not answer"
for mode in 401 403 redirect; do
  gatekeeper "$mode"; prove unproven 0; kill %%
  has "$GITHUB_STEP_SUMMARY" "wants a login"; has "$work/log" "::warning"
done
gatekeeper page; prove fails 1; kill %% # a web page for everything, at the address itself, is a broken site
printf '[probe]\nrequire = ["nobody"]\n' > "$work/registry.toml"; mkdir -p "$work/settings" && mv "$work/registry.toml" "$work/settings/"
DATA=$work/settings prove wrong 2
unset LIVE

echo "workflow: the last good site"
[ -z "$(deployed good)" ] || failed "something was good already"
# find: what the rollback knows; $run and $commit.
find_good() {
  : > "$GITHUB_OUTPUT"
  bash "$actions/rollback/find.sh" > "$work/log" 2>&1 || failed "looking for the last good run broke" "$work/log"
  run=$(sed -n 's/^run=//p' "$GITHUB_OUTPUT") commit=$(sed -n 's/^commit=//p' "$GITHUB_OUTPUT")
}
find_good; [ -z "$run$commit" ] || failed "there is a good run out of nothing" "$work/log"
before=$(deployed deployed)
bash "$actions/remember/good.sh" 4711 "$first" > "$work/log" 2>&1 || failed "remembering the good run broke" "$work/log"
bash "$actions/remember/good.sh" "47; id" "$first" > "$work/log" 2>&1 && failed "a run without a number is good" "$work/log"
[ "$(git -C "$work/forge/acme/registry" cat-file -t refs/mcp-static/good)" = tag ] || failed "the good run is no tag"
find_good; [ "$run $commit" = "4711 $first" ] || failed "the good run is not found again: $run $commit" "$work/log"
[ "$(deployed deployed)" = "$before" ] || failed "a ref moved"
bash "$actions/remember/good.sh" 4712 "$before" > "$work/log" 2>&1 && find_good
[ "$run" = 4712 ] || failed "an older run is still the good one" "$work/log"
gate VERDICT=0 || failed "the gate minds the good run" "$work/log"
# unpack: whether the site of that run is there, as GitHub Pages takes it.
unpack() { : > "$GITHUB_OUTPUT"; bash "$actions/rollback/unpack.sh" "$1" > "$work/log" 2>&1 || failed "unpacking broke" "$work/log"; }
mkdir -p "$work/good" && unpack "$work/good" && has "$GITHUB_OUTPUT" found=false
tar --create --file "$work/good/artifact.tar" --directory "$deployed_site" .
unpack "$work/good" && has "$GITHUB_OUTPUT" found=true
cmp "$work/good/manifest.json" "$deployed_site/manifest.json" || failed "the manifest is another"
# tell EXIT NAME VALUE…: what a person reads.
tell() {
  local exit=$1 ended=0; shift; : > "$GITHUB_STEP_SUMMARY"
  env SITE="$work/good" URL="$site" "$@" bash "$actions/rollback/tell.sh" > "$work/log" 2>&1 || ended=$?
  [ "$ended" = "$exit" ] || failed "telling ended with $ended" "$work/log" "$GITHUB_STEP_SUMMARY"
}
tell 1 RUN= ; has "$GITHUB_STEP_SUMMARY" "none to return to"
tell 1 RUN=4711 COMMIT="$first" FOUND=false; has "$GITHUB_STEP_SUMMARY" "is gone"
tell 1 RUN=4711 COMMIT="$first" FOUND=true PAGE=; has "$GITHUB_STEP_SUMMARY" "did not take"
live "$deployed_site"
tell 0 RUN=4711 COMMIT="$first" FOUND=true PAGE=https://pages.example
has "$GITHUB_STEP_SUMMARY" "run 4711 (commit $first) is live again"; lacks "$work/log" "does not show it yet"
kill %%; unset LIVE
tell 0 RUN=4711 COMMIT="$first" FOUND=true PAGE=https://pages.example; has "$work/log" "does not show it yet"
# What only the workflow can hold: the refs move after a green proof, and a failure alone puts a site back.
flow=$top/.github/workflows/registry-publish.yml
has "$flow" "&& (needs.prove.result == 'success' || needs.prove.result == 'skipped') }}"
has "$flow" "needs.prove.outputs.result == 'fails' }}"

echo "workflow: the pipeline on GitLab"
# job NAME VALUE…: runs the script of a job of the template, after the lines that find the URL.
pipeline=$top/templates/scaffold/gitlab/.gitlab-ci.yml
job() {
  local name=$1; shift
  { sed -n 's/^    - \(url=.*\)$/\1/p' "$pipeline"
    awk -v job="$name:" '$0 == job { found = 1 } found && /^  artifacts:/ { exit } found && /^  script:/ { script = 1 }
      script && /^    - / { print substr($0, 7) }' "$pipeline"; } > "$work/job.sh"
  env CI_PAGES_URL="$site" "$@" bash -eo pipefail "$work/job.sh" > "$work/log" 2>&1
}
git push --quiet --force origin "$first:refs/mcp-static/deployed"
git commit --quiet --allow-empty -m "For GitLab"
job pages VERDICT=0 || failed "the pipeline broke" "$work/log"
has "$work/log" "| **VS Code** | ✓ |"; has "public/manifest.json" probe/probe.json; has "public/probe/probe.json" "$site"
[ "$(deployed deployed)" = "$(git rev-parse HEAD)" ] || failed "the pipeline does not remember" "$work/log"
before=$(deployed deployed)
git commit --quiet --allow-empty -m "More for GitLab"
job pages VERDICT=0 SERVED="$work/large.json" && failed "the pipeline lets a shrunk site through" "$work/log"
has "$work/log" "MCP_STATIC_ALLOW_SHRINK"; [ "$(deployed deployed)" = "$before" ] || failed "the pipeline moved the ref"
job pages VERDICT=0 SERVED="$work/large.json" MCP_STATIC_ALLOW_SHRINK=true || failed "the pipeline does not let it through" "$work/log"
live public gitlab-pages; job prove || failed "the pipeline cannot prove" "$work/log"; kill %%
live "$work/broken"; job prove && failed "the pipeline proves a broken site" "$work/log"; kill %%; unset LIVE
rm "$work/bin/sleep"

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
