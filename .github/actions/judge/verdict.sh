#!/usr/bin/env bash
# Turns a verdict into the end of the job: verdict.sh STATUS
#
# 4 is green: the label says that a maintainer decides, and code owners hold the lock.
case ${1:-} in
  0) ;;
  4) echo "::notice title=mcp-static::A maintainer has to decide; the report says what." ;;
  3) echo "::error title=mcp-static::The outside world did not answer. Nothing is known to be wrong: run this job again." && exit 3 ;;
  1) echo "::error title=mcp-static::The change is refused; the report says why and what to do." && exit 1 ;;
  *) echo "::error title=mcp-static::The change could not be judged; the log says why." && exit 2 ;;
esac
