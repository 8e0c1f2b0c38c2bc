#!/usr/bin/env bash
# Says whether a deployed registry works for real clients: waits for it, probes it, writes the output
# `result`. Ends with 0 whatever that is, so that the result can be kept; verdict.sh ends the job.
#
#   works     this deployment answers, and every required client can use it
#   fails     a required client cannot use it, several times in a row
#   silent    nobody answered: no word about clients, and an older site would not answer either
#   stale     clients can use what answers, but that is not this deployment
#   unproven  it wants a login, so nobody can tell from here
#   wrong     it could not be asked: settings, or an address that must not be asked
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${URL:?the URL of the registry}" "${MANIFEST:?manifest.json of what was deployed}" "${RUNNER_TEMP:?}"
url=${URL%/} out=$RUNNER_TEMP/prove
rm -rf "$out"
mkdir -p "$out"
end() {
  echo "result=$1" >> "${GITHUB_OUTPUT:?}"
  { printf '\n'; cat "$out/probe.md"; printf '\n%s\n' "$2"; } >> "${GITHUB_STEP_SUMMARY:?}"
  echo "$2"
  exit 0
}
# Whether everything that fails does so because somebody else answers in the registry's place.
is_hidden() {
  jq -e '[.clients[] | select(.verdict == "fails") | [.capabilities[].problems[].id]
    | any(IN("login-required", "forbidden", "web-page-instead-of-json", "redirect-refused"))] | all' "$out/probe.json" > /dev/null
}

live=0
bash "$here/live.sh" "$url" "$MANIFEST" || live=$?
options=(--data "${DATA:-registry-data}" --no-progress --format markdown --write "$out")
[ "${ALLOW_PRIVATE:-}" != true ] || options+=(--allow-private)
# A host may take a minute until all of its machines have the new files.
for wait in 0 20 40 80; do
  sleep "$wait"
  status=0
  mcp-static probe "$url" "${options[@]}" > "$out/probe.md" || status=$?
  case $status in
    1) if [ "$live" = 4 ] && is_hidden; then break; fi ;;
    3) ;;
    *) break ;;
  esac
done
case $status:$live in
  0:0) end works "Every client that has to work can use $url." ;;
  0:4) end unproven "Clients can use $url, but its manifest wants a login: nothing is proven about this deployment." ;;
  0:*) end stale "Clients can use $url, but it does not hand out the manifest of this deployment: an older site answers." ;;
  1:4) if is_hidden; then end unproven "$url wants a login, so it could not be seen as clients see it: nothing is proven."; fi ;;&
  1:*) end fails "$url does not work for a client that has to work." ;;
  3:*) end silent "$url did not answer." ;;
  *) end wrong "$url could not be probed; the log says why." ;;
esac
