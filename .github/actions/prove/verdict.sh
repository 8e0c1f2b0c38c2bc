#!/usr/bin/env bash
# Turns the result of a proof into the end of the job: verdict.sh RESULT
case ${1:-} in
  works) ;;
  unproven) echo "::warning title=mcp-static::It is not proven that clients can use this deployment; the summary says why. Look at it with a client." ;;
  stale) echo "::error title=mcp-static::An older site still answers in the place of this deployment: one that was put back, a cache before the host, or a URL that leads elsewhere." && exit 1 ;;
  fails) echo "::error title=mcp-static::The deployed registry does not work for a client that has to work; the summary has the table and what to do." && exit 1 ;;
  silent) echo "::error title=mcp-static::The deployed registry did not answer. Nothing is put back, because an older site would not answer either: look at the host, then run this job again." && exit 3 ;;
  *) echo "::error title=mcp-static::The deployed registry could not be probed; the log says why." && exit 2 ;;
esac
