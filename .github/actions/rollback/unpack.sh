#!/usr/bin/env bash
# Looks whether the last good site is there: unpack.sh FOLDER
#
# FOLDER has what was downloaded: the archive that GitHub Pages takes. The output `found` says whether it
# is whole; its manifest is laid beside it, to know the site again when it is live.
set -euo pipefail
if tar --extract --to-stdout --file "$1/artifact.tar" ./manifest.json > "$1/manifest.json" 2> /dev/null && jq -e .files "$1/manifest.json" > /dev/null; then
  echo "found=true" >> "${GITHUB_OUTPUT:?}"
else
  echo "found=false" >> "${GITHUB_OUTPUT:?}"
  echo "the site of the last good run is not there"
fi
