# shellcheck shell=bash
# base_url: prints the URL that clients are given, or nothing where it is not known.
#
# The input knows best ($BASE_URL), then the settings below $DATA; the address that the host gave to the
# site ($LIVE_URL) is the last resort. Settings that are written in an unusual way are left to the tool.
base_url() {
  local url=${BASE_URL:-} settings=${DATA:-registry-data}/registry.toml
  if [ -z "$url" ] && grep -Eqs '^[[:space:]]*base_url[[:space:]]*=' "$settings"; then
    sed -nE "s/^[[:space:]]*base_url[[:space:]]*=[[:space:]]*[\"']([^\"']+)[\"'][[:space:]]*(#.*)?\$/\1/p" "$settings" | head -n 1
    return
  fi
  [ -n "$url" ] || url=${LIVE_URL:-}
  printf '%s' "${url%/}"
}
