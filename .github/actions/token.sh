# shellcheck shell=bash
# with_token COMMAND…: lets git speak to the forge with $TOKEN, which stays off the command line.
with_token() {
  if [ -z "${TOKEN:-}" ]; then GIT_TERMINAL_PROMPT=0 "$@"; return; fi
  GIT_TERMINAL_PROMPT=0 GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.${GITHUB_SERVER_URL:?}/.extraheader" \
    GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')" "$@"
}
