#!/usr/bin/env bash
# Makes the files of a release for this system, and checks them as the user of a release would.
#
#   release.sh [TOOL [TARGET]]
#
# TOOL is a binary that is built already, for this system or for TARGET. Without it one is built, for musl where
# that target is installed.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
release() { python3 "$top/.ci/release.py" "$@"; }
fail() { echo "e2e: release: $*" >&2; exit 1; }

host=$(rustc -vV | sed -n 's/^host: //p')
musl=${host/-gnu/-musl}
if [ $# -gt 0 ]; then
  target=${2:-$host}
  tool=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
else
  [ -d "$(rustc --print sysroot)/lib/rustlib/$musl" ] && target=$musl || target=$host
  tool=$(release build "$target")
fi
version=$(release version)

# Two archives of the same binary have the same bytes.
archive=$(release package "$tool" "$target" "$work/one")
sleep 1 # another second, another time of the files
release package "$tool" "$target" "$work/two" > /dev/null
cmp "$archive" "$work/two/$(basename "$archive")" || fail "two archives differ"

release sums "$work/one" > /dev/null
(cd "$work/one" && sha256sum --check --quiet SHA256SUMS) || fail "the checksums are wrong"

name=mcp-static-$version-$target
[ "$(basename "$archive")" = "$name.tar.gz" ] || fail "the archive is called $archive"
tar -xzf "$archive" -C "$work"
cd "$work/$name"
[ "$(./mcp-static --version)" = "mcp-static $version" ] || fail "the binary has another version"
case $target in
  *-musl) ! ldd ./mcp-static > /dev/null 2>&1 || fail "the binary is not static" ;;
esac
for file in LICENSE README.md CHANGELOG.md; do cmp "$file" "$top/$file"; done

# A page for each command that --help lists, and no error in any.
for command in $(./mcp-static --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on && $1 != "help" && /^  [a-z]/ { print $1 }'); do
  [ -f "man/mcp-static-$command.1" ] || fail "there is no man page of $command"
done
[ -f man/mcp-static.1 ] || fail "there is no man page of the program"
if command -v mandoc > /dev/null; then
  mandoc -Tlint -W error man/*.1 || fail "a man page has errors"
elif command -v man > /dev/null; then
  for page in man/*.1; do
    wrong=$(man --warnings -l "$page" 2>&1 > /dev/null)
    [ -z "$wrong" ] || fail "$page: $wrong"
  done
else
  echo "e2e: release: neither mandoc nor man is here; the man pages were not read"
fi

# The completions load, and complete a command.
bash --norc -euc '
  source completions/mcp-static
  PATH=$PWD:$PATH COMP_WORDS=(mcp-static expl) COMP_CWORD=1 COMP_TYPE=9
  complete=$(complete -p mcp-static)
  complete=${complete#*-F }
  "${complete%% *}" mcp-static expl mcp-static
  [ "${COMPREPLY[*]}" = explain ]' || fail "the completions do not work in bash"
for shell in zsh fish; do
  command -v "$shell" > /dev/null || continue
  "$shell" -n completions/*mcp-static"$([ "$shell" = fish ] && echo .fish)" || fail "the completions do not load in $shell"
done

# The notes of a release are its section and nothing of the next.
mkdir -p "$work/repository/.ci"
cp "$top/.ci/release.py" "$work/repository/.ci"
printf '# Changelog\n\n## Unreleased\n\nSoon.\n\n## 0.2.0 - 2026-12-01\n\n### Added\n\n- This.\n\n## 0.1.0\n\nFirst.\n' > "$work/repository/CHANGELOG.md"
notes() { python3 "$work/repository/.ci/release.py" notes "$@"; }
[ "$(notes)" = "Soon." ] || fail "the notes of what is not released are wrong"
[ "$(notes 0.2.0)" = "$(printf '### Added\n\n- This.')" ] || fail "the notes of a version are wrong"
! notes 0.3.0 2> /dev/null || fail "there are notes of a version that the changelog lacks"
! release package /bin/true "$target" "$work/three" > /dev/null 2>&1 || fail "another program was packaged"

echo "e2e: release: $(basename "$archive") has $(tar -tzf "$archive" | wc -l) files in $(du -h "$archive" | cut -f1)"
