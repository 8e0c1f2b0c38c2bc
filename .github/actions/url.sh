# shellcheck shell=bash
# base_url: prints the URL that clients are given, or nothing where it is not known.
#
# The input knows best ($BASE_URL), then the settings below $DATA; the address that the host gave to the
# site ($LIVE_URL) is the last resort. Settings that are written in an unusual way are left to the tool.
base_url() {
  local line='' url=${BASE_URL:-} settings=${DATA:-registry-data}/registry.toml
  if [ -z "$url" ] && [ -f "$settings" ]; then
    line=$(awk '
      # A string over several lines is text, whatever its lines look like.
      { line = $0; marks = gsub(/"""|\x27\x27\x27/, "", line) }
      inside { if (marks % 2) inside = 0; next }
      marks % 2 { inside = 1; next }
      /^[ \t]*\[/ { section = $0; next }
      section ~ /^[ \t]*\[[ \t]*registry[ \t]*\]/ && /^[ \t]*base_url[ \t]*=/ { print; exit }' "$settings")
    if [ -n "$line" ]; then
      sed -nE "s/^[[:space:]]*base_url[[:space:]]*=[[:space:]]*[\"']([^\"']+)[\"'][[:space:]]*(#.*)?\$/\1/p" <<< "$line"
      return
    fi
  fi
  [ -n "$url" ] || url=${LIVE_URL:-}
  printf '%s' "${url%/}"
}
