#!/usr/bin/env bash
# Histories that real git made, before the gates: merges that undo, commits signed for another registry,
# trees made by hand, and bad commits that are on the branch already.
#
#   histories.sh TOOL
set -euo pipefail
tool=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME=$work/home GIT_CONFIG_GLOBAL=$work/gitconfig GIT_CONFIG_NOSYSTEM=1
unset XDG_CONFIG_HOME GITHUB_EVENT_PATH
mkdir -p "$HOME"
git config --global user.name A && git config --global user.email a@example.com
git config --global init.defaultBranch main && git config --global core.fsync none

fail() { echo "histories: $*" >&2; exit 1; }
# ends STATUS WORDS COMMAND…: the command must end so, and say the words.
ends() {
  local wanted=$1 words=$2 ended=0 said; shift 2
  said=$("$@" 2>&1) || ended=$?
  [ "$ended" = "$wanted" ] || fail "$* ended with $ended instead of $wanted: $said"
  grep -qF -- "$words" <<< "$said" || fail "$* does not say \"$words\": $said"
}
# entry NAME VERSION [TEXT]: writes a document.
entry() {
  mkdir -p "registry-data/servers/$1/$2"
  cat > "registry-data/servers/$1/$2/server.json" <<JSON
{
  "\$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
  "name": "$1",
  "description": "${3:-A server}",
  "version": "$2"
}
JSON
}
commit() { git add -A && git commit --quiet "$@"; }
# registry FOLDER ID: a registry with one entry, entered.
registry() {
  git init --quiet "$work/$1" && cd "$work/$1"
  mkdir -p registry-data
  printf '[registry]\nid = "%s"\n\n[ownership]\ntrust = "%s"\n' "$2" "${3:-review}" > registry-data/registry.toml
  entry com.acme/weather 1.0.0
  commit -m "Found the registry"
}
verify() { "$tool" verify --offline "$@"; }

# A criss-cross: each side merged the other's older commit, so the owner's pin vanishes in git's merge.
registry cross https://registry.example.org proof
git switch --quiet -c change
entry com.acme/tides 1.0.0 && commit -m "Add tides"
git switch --quiet main
mkdir registry-data/owners && printf 'namespace = "com.acme"\n[[account]]\nid = 1001\n' > registry-data/owners/com.acme.toml
commit -m "Pin the owner"
git tag pinned && git tag tides change
git merge --quiet --no-edit tides
git switch --quiet change
git merge --quiet --no-commit pinned > /dev/null && git rm --quiet -rf registry-data/owners && git commit --quiet -m "Merge main"
entry com.acme/tides 1.1.0 && commit -m "Add tides 1.1.0"
[ "$(git merge-base --all main change | wc -l)" = 2 ] || fail "there is no criss-cross"
ends 1 "[change-criss-cross]" verify --base main --head change
ends 1 "git rebase origin/main" verify --base main --head change
# The same entry on top of the branch brings nothing else, and only its proof is missing.
git switch --quiet -c again main && entry com.acme/tides 1.1.0 && commit -m "Add tides 1.1.0"
ends 1 "[ownership-unproven]" verify --base main --head again
# On the branch already: the gate keeps the pin, and holds the entry back.
git switch --quiet main && git tag before
git merge --quiet --no-ff --no-edit change
[ ! -e registry-data/owners ] || fail "git's merge keeps the pin: this is no test"
ends 0 "held back: owners/com.acme.toml" verify --base before --hold held.txt
grep -qx "owners/com.acme.toml $(git rev-parse before)" held.txt || fail "the list is: $(cat held.txt)"

# A commit that the owner signed in another registry of the same layout.
cd "$work" && "$tool" sign key new --domain acme.com --out key > /dev/null
registry there https://other.example.net proof
rm -r registry-data/servers && entry com.acme/weather 1.0.0 Signed
git config gpg.format ssh && git config user.signingkey "$work/key"
git commit --quiet -a -S -m "Publish there"
stolen=$(git rev-parse HEAD)
registry here https://registry.example.org proof
git mv registry-data/servers/com.acme registry-data/servers/org.other
sed -i 's|com.acme/weather|org.other/weather|' registry-data/servers/org.other/weather/1.0.0/server.json
commit -m "Another entry"
git config gpg.format ssh && git config user.signingkey "$work/key"
git fetch --quiet ../there
git switch --quiet -c stolen && git merge --quiet --allow-unrelated-histories -s ours --no-edit "$stolen"
git checkout --quiet "$stolen" -- registry-data/servers/com.acme && git commit --quiet --amend --no-edit
ends 1 "ownership-" verify --base main --head stolen
# Signed here, on top of the branch: nothing is wrong, only the domain was not asked.
git switch --quiet -c signed main && entry com.acme/weather 1.0.0 Signed && commit -S -m "Publish here"
ends 3 "[ownership-unknown]" verify --base main --head signed
# Another one after it, not signed, and one more that goes back to the signed state.
entry com.acme/weather 1.0.0 Other && commit -m "Edit"
entry com.acme/weather 1.0.0 Signed && commit -m "Go back"
ends 1 "[ownership-stale-commit]" verify --base main --head signed

# Trees that git would not write.
registry trees https://registry.example.org
entry com.acme/tides 1.0.0 && git add -A
# spoil HOW: commits a tree of the two servers that is spoilt.
spoil() {
  local inner outer
  inner=$(git write-tree --prefix=registry-data/servers/com.acme/ | xargs git cat-file tree | python3 -c '
import sys
data, how = sys.stdin.buffer.read(), sys.argv[1]
rows = []
while data:
    end = data.index(b"\0") + 21
    rows.append(data[:end]); data = data[end:]
if how == "unsorted": rows.reverse()
if how == "twice": rows.append(rows[-1])
if how == "mode": rows[0] = b"0" + rows[0]
sys.stdout.buffer.write(b"".join(rows))' "$1" | git hash-object -w -t tree --stdin --literally)
  outer=$(printf '040000 tree %s\tcom.acme\n' "$inner" | git mktree)
  outer=$(printf '040000 tree %s\tservers\n100644 blob %s\tregistry.toml\n' "$outer" "$(git rev-parse HEAD:registry-data/registry.toml)" | git mktree)
  outer=$(printf '040000 tree %s\tregistry-data\n' "$outer" | git mktree)
  git commit-tree -p HEAD -m "By hand" "$outer"
}
for how in unsorted twice mode; do
  ends 1 "registry-data/servers/com.acme" verify --base main --head "$(spoil "$how")"
  ends 1 "[change-path]" verify --base main --head "$(spoil "$how")"
done

# A bad commit on the branch never stops publishing, and what heals it is said.
git reset --quiet --hard
base=$(git rev-parse HEAD)
git rm --quiet -r registry-data/servers/com.acme/weather && entry com.acme/waves 1.0.0 && commit -m "Remove a version"
ends 0 "adds tombstones/com.acme/weather/1.0.0.toml" verify --base "$base" --hold held.txt
grep -qx "servers/com.acme/weather/1.0.0 $base" held.txt || fail "the list is: $(cat held.txt)"
"$tool" build -q --only api --base-url https://registry.example.org --without held.txt --out "$work/site"
for name in weather waves; do
  [ -f "$work/site/v0.1/servers/com.acme/$name/versions/1.0.0/index.json" ] || fail "$name is not served"
done
mkdir -p registry-data/tombstones/com.acme/weather && echo 'reason = "It held a secret"' > registry-data/tombstones/com.acme/weather/1.0.0.toml
commit -m "Bury it"
ends 0 "valid" verify --base "$base" --hold held.txt
[ ! -s held.txt ] || fail "a tombstone does not release: $(cat held.txt)"
echo "histories: all judged"
