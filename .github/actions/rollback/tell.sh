#!/usr/bin/env bash
# Says what became of a deployment that clients could not use, and what a person does next.
#
# RUN and COMMIT name the last good run (empty: there is none), FOUND is "true" when its site was there,
# PAGE is set when GitHub Pages took it. Ends with 0 only when the last good site is back.
# shellcheck disable=SC2016 # backticks are Markdown here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${GITHUB_STEP_SUMMARY:?}" "${SITE:?}"
tell() { printf '\n### %s\n\n%s\n' "$1" "$2" >> "$GITHUB_STEP_SUMMARY"; }
next='Next: the summary of the job that probed the site has the table, the cause and the fix for each. Mend it by a pull request; until then every run of this workflow tries again and ends here.'
by_hand='The site stays as it was deployed. What you can do: mend the cause and run this workflow again, or revert the merge that brought it. `mcp-static probe` on your machine shows the same table.'
good="run ${RUN:-} (commit ${COMMIT:-})"

if [ -z "${RUN:-}" ]; then
  tell "Nothing could be put back" "No earlier deployment was proven to work for clients, so there is none to return to. $by_hand"
elif [ "${FOUND:-}" != true ]; then
  tell "Nothing could be put back" "The site of $good is gone: artifacts are kept for 90 days, or as long as the repository allows. $by_hand To have that site again, bring the data back to that commit by a pull request."
elif [ -z "${PAGE:-}" ]; then
  tell "The last good site could not be put back" "GitHub Pages did not take the site of $good; the log says why. Run this job again. $next"
else
  if ! bash "$here/../prove/live.sh" "${URL:-$PAGE}" "$SITE/manifest.json"; then
    echo "::warning title=mcp-static::GitHub Pages took the last good site, and the live one does not show it yet."
  fi
  tell "The last good site was put back" "The site of $good is live again. This deployment is not remembered as one: \`refs/mcp-static/deployed\` stays where it was, so the next run judges the same changes again. $next"
  echo "::warning title=mcp-static::The last good site was put back; the summary says what to do next."
  exit 0
fi
echo "::error title=mcp-static::The last good site could not be put back; the summary says what you can do."
exit 1
