#!/bin/sh
# Puts the site into an object store, by upload.tsv. Written by mcp-static; a build replaces it.
#
#   sh upload.sh aws    s3://BUCKET            also R2 and others with AWS_ENDPOINT_URL set
#   sh upload.sh gcloud gs://BUCKET            gsutil when there is no gcloud
#   sh upload.sh az     CONTAINER              AZURE_STORAGE_ACCOUNT and a login from the environment
#   sh upload.sh rclone REMOTE:BUCKET
#
# Run it in the folder that holds upload.tsv. What the store's own upload.tsv says is there already is
# not sent again; what is in it and no more here is removed last. JOBS is how many run at once.
set -eu
[ $# = 2 ] || { sed -n 's/^# \{0,1\}//p' "$0" | sed -n 2,9p >&2; exit 2; }
export TOOL="$1" TO="${2%/}"
[ -f upload.tsv ] || { echo "upload.sh: there is no upload.tsv here" >&2; exit 2; }
[ "$TOOL" != gcloud ] || command -v gcloud >/dev/null || TOOL=gsutil
case "$TOOL" in
  aws | gcloud | gsutil | az | rclone) command -v "$TOOL" >/dev/null || { echo "upload.sh: $TOOL is not installed" >&2; exit 2; } ;;
  *) echo "upload.sh: the tool is aws, gcloud, az or rclone" >&2; exit 2 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One step: `put KEY FILE TYPE CACHE` or `remove KEY`.
cat > "$work/step" <<'STEP'
set -eu
bucket=${TO#s3://}
case "$TOOL-$1" in
  aws-put) aws s3api put-object --bucket "$bucket" --key "$2" --body "$3" --content-type "$4" --cache-control "$5" >/dev/null ;;
  aws-remove) aws s3api delete-object --bucket "$bucket" --key "$2" >/dev/null ;;
  gcloud-put) gcloud storage cp --quiet --content-type="$4" --cache-control="$5" "$3" "$TO/$2" ;;
  gcloud-remove) gcloud storage rm --quiet "$TO/$2" ;;
  gsutil-put) gsutil -q -h "Content-Type:$4" -h "Cache-Control:$5" cp "$3" "$TO/$2" ;;
  gsutil-remove) gsutil -q rm "$TO/$2" ;;
  az-put) az storage blob upload --only-show-errors --overwrite --container-name "$TO" --name "$2" --file "$3" --content-type "$4" --content-cache-control "$5" >/dev/null ;;
  az-remove) az storage blob delete --only-show-errors --container-name "$TO" --name "$2" >/dev/null ;;
  rclone-put) rclone copyto --header-upload "Content-Type: $4" --header-upload "Cache-Control: $5" "$3" "$TO/$2" ;;
  rclone-remove) rclone deletefile "$TO/$2" ;;
esac
STEP

case "$TOOL" in
  aws) aws s3 cp --quiet "$TO/upload.tsv" "$work/old" 2>/dev/null || : > "$work/old" ;;
  gcloud) gcloud storage cat "$TO/upload.tsv" > "$work/old" 2>/dev/null || : > "$work/old" ;;
  gsutil) gsutil -q cat "$TO/upload.tsv" > "$work/old" 2>/dev/null || : > "$work/old" ;;
  az) az storage blob download --only-show-errors --container-name "$TO" --name upload.tsv --file "$work/old" >/dev/null 2>&1 || : > "$work/old" ;;
  rclone) rclone cat "$TO/upload.tsv" > "$work/old" 2>/dev/null || : > "$work/old" ;;
esac

export LC_ALL=C
grep -v '^#' upload.tsv | sort > "$work/new"
grep -v '^#' "$work/old" | sort > "$work/was" || : > "$work/was"
comm -23 "$work/new" "$work/was" > "$work/changed"
cut -f 1 "$work/new" | sort > "$work/keys"
cut -f 1 "$work/was" | sort | comm -13 "$work/keys" - > "$work/gone"
echo "upload.sh: $(wc -l < "$work/changed") to send, $(wc -l < "$work/gone") to remove" >&2

# Documents before the lists that name them, so that no client is sent to what is not there yet.
each() { tr '\t\n' '\0\0' | xargs -0 -r -n "$1" -P "${JOBS:-8}" sh "$work/step" "$2"; }
fields() { cut -f 1-4; }
awk -F '\t' '$1 !~ /^v0(\.1)?\/servers$/' "$work/changed" | fields | each 4 put
awk -F '\t' '$1 ~ /^v0(\.1)?\/servers$/' "$work/changed" | fields | each 4 put
each 1 remove < "$work/gone"
sh "$work/step" put manifest.json manifest.json application/json no-store
sh "$work/step" put upload.tsv upload.tsv text/tab-separated-values no-store
