#!/usr/bin/env bash
# Lists in the job summary which documents of the API the change would add, change and remove.
#
# Base and head are built from their git objects with the same binary. It informs and never judges.
set -uo pipefail
git=${RUNNER_TEMP:?}/registry.git site=$RUNNER_TEMP/preview
rm -rf "$site"
cd "$git" 2>/dev/null || exit 0
say() { printf '\n### Difference of the API\n\n%s\n' "$1" >> "${GITHUB_STEP_SUMMARY:?}"; }

for side in base head; do
  timeout 300 mcp-static build --quiet --no-progress --data "${DATA:-registry-data}" --rev "refs/mcp-static/$side" \
    --only api --out "$site/$side" > "$RUNNER_TEMP/preview.txt" 2>&1 || {
    say "The $side does not build, so there is nothing to compare."
    exit 0
  }
done

# Facts of the build itself differ in every commit and say nothing about servers.
rows=$(jq -nr --slurpfile base "$site/base/manifest.json" --slurpfile head "$site/head/manifest.json" '
  def table: .[0].files | map(select(.path | test("^v0[.]1/servers/"))) | map({key: .path, value: .sha256}) | from_entries;
  ($base | table) as $old | ($head | table) as $new |
  ([$new | keys[] | select($old[.] == null) | {mark: "added", path: .}] +
   [$new | keys[] | select($old[.] != null and $old[.] != $new[.]) | {mark: "changed", path: .}] +
   [$old | keys[] | select($new[.] == null) | {mark: "removed", path: .}]) as $all |
  ($all[:100][] | "| \(.mark) | `/\(.path | rtrimstr("/index.json"))` |"),
  (if ($all | length) > 100 then "| … | \(($all | length) - 100) more |" else empty end)') || {
  say "The manifests could not be compared."
  exit 0
}
if [ -z "$rows" ]; then say "None."; else say "|  | document |
|---|---|
$rows"; fi
