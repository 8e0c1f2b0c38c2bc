#!/usr/bin/env bash
# Keys and signatures between this program and the tools that publishers have: openssl, ssh-keygen, git.
#
#   keys.sh TOOL
#
# What they make is read here, and what is made here is accepted by them.
set -euo pipefail
tool=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
for needed in openssl ssh-keygen git; do
  command -v "$needed" >/dev/null || { echo "keys: $needed is needed" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME=$work/home GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
unset XDG_CONFIG_HOME
mkdir -p "$HOME"
name=com.example/weather
time=2026-11-22T06:00:00Z
folder=registry-data/servers/$name/1.0.0
mkdir -p "$folder"
printf '[registry]\nid = "https://registry.example.org"\n' > registry-data/registry.toml
cat > "$folder/server.json" <<'JSON'
{
  "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
  "name": "com.example/weather",
  "description": "A server",
  "version": "1.0.0"
}
JSON
fail() { echo "keys: $*" >&2; exit 1; }
# value NAME: a member of the proof file.
value() { sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}$/\1/p" "$folder/proof.json"; }
# refuse WORDS COMMAND…: the command must fail and say the words.
refuse() {
  local words=$1 said; shift
  if said=$("$@" 2>&1); then fail "$* was accepted"; fi
  grep -qF "$words" <<< "$said" || fail "$* said: $said"
}

# The keys of the official guide, and P-384 as `openssl genpkey` writes it.
openssl genpkey -algorithm Ed25519 -out ed25519.pem
openssl ecparam -name secp384r1 -genkey -noout -out p384.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384-pkcs8.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem
openssl genpkey -algorithm Ed25519 -aes256 -pass pass:x -out locked.pem

for kind in ed25519 p384 p384-pkcs8; do
  openssl pkey -in "$kind.pem" -pubout -out "$kind.public.pem" 2>/dev/null
  "$tool" sign key import "$kind.pem" --out "$kind.key" --domain example.com > "$kind.shown"

  # The record is the one that the official guide computes.
  if [ "$kind" = ed25519 ]; then
    official=$(openssl pkey -in "$kind.pem" -pubout -outform DER | tail -c 32 | base64)
  else
    official=$(openssl ec -in "$kind.pem" -text -noout -conv_form compressed 2>/dev/null |
      awk '/^pub:/ { on = 1; next } /^ASN1/ { on = 0 } on' | tr -d ' :\n' | python3 -c 'import sys,base64; print(base64.b64encode(bytes.fromhex(sys.stdin.read())).decode())')
  fi
  grep -qF "p=$official\"" "$kind.shown" || fail "$kind: the record is not the guide's"
  # The hex digits that the official publisher takes are the same key.
  if [ "$kind" = ed25519 ]; then
    openssl pkey -in "$kind.pem" -outform DER | tail -c 32 | od -An -tx1 | tr -d ' \n' > "$kind.hex"
  else
    openssl ec -in "$kind.pem" -text -noout 2>/dev/null | awk '/^priv:/ { on = 1; next } /^pub:/ { on = 0 } on' | tr -d ' :\n' > "$kind.hex"
    # openssl leaves zeros in front out or adds one.
    python3 - "$kind.hex" <<'PY'
import sys
text = open(sys.argv[1]).read()
open(sys.argv[1], "w").write(text.lstrip("0").rjust(96, "0"))
PY
  fi
  "$tool" sign key import "$kind.hex" --out "$kind.fromhex" -q >/dev/null
  cmp -s "$kind.key.pub" "$kind.fromhex.pub" || fail "$kind: the hex digits are another key"

  # ssh-keygen reads the file that git will sign with, and sees the same key.
  ssh-keygen -y -f "$kind.key" > "$kind.derived"
  cut -d' ' -f1,2 "$kind.key.pub" | cmp -s - <(cut -d' ' -f1,2 "$kind.derived") || fail "$kind: ssh-keygen sees another key"
  printed=$(ssh-keygen -l -f "$kind.key.pub" | cut -d' ' -f2)
  grep -qF "$printed" "$kind.shown" || fail "$kind: the fingerprint is not ssh-keygen's"

  # A proof made here is good for openssl.
  "$tool" sign entry "$name" --key "$kind.key" --issued "$time" -q
  "$tool" sign entry "$name" --issued "$time" --statement-only -q > statement
  value sig | base64 -d > signature
  if [ "$kind" = ed25519 ]; then
    openssl pkeyutl -verify -rawin -pubin -inkey "$kind.public.pem" -in statement -sigfile signature >/dev/null || fail "openssl refuses our $kind signature"
  else
    python3 - <<'PY'
def integer(raw):
    raw = raw.lstrip(b"\0") or b"\0"
    raw = (b"\0" if raw[0] & 0x80 else b"") + raw
    return bytes([2, len(raw)]) + raw
raw = open("signature", "rb").read()
assert len(raw) == 96, len(raw)
body = integer(raw[:48]) + integer(raw[48:])
open("signature.der", "wb").write(bytes([0x30, len(body)]) + body)
PY
    openssl dgst -sha384 -verify "$kind.public.pem" -signature signature.der statement >/dev/null || fail "openssl refuses our $kind signature"
  fi

  # A proof made by openssl is good here.
  if [ "$kind" = ed25519 ]; then
    openssl pkeyutl -sign -rawin -inkey "$kind.pem" -in statement -out theirs
  else
    openssl dgst -sha384 -sign "$kind.pem" -out theirs statement
  fi
  for form in theirs theirs.base64; do
    base64 theirs > theirs.base64
    rm -f "$folder/proof.json"
    "$tool" sign entry "$name" --issued "$time" --attach "$form" --public-key "$kind.public.pem" -q
    [ -s "$folder/proof.json" ] || fail "$kind: no proof was written"
  done
  printf 'x' >> statement
  if [ "$kind" = ed25519 ]; then
    openssl pkeyutl -sign -rawin -inkey "$kind.pem" -in statement -out theirs
  else
    openssl dgst -sha384 -sign "$kind.pem" -out theirs statement
  fi
  refuse "not made by this key" "$tool" sign entry "$name" --issued "$time" --attach theirs --public-key "$kind.public.pem"

  # git signs with the file, and ssh-keygen finds the signature good.
  git init -q "$kind.repository"
  printf 'me@example.com namespaces="git" %s\n' "$(cut -d' ' -f1,2 "$kind.key.pub")" > "$kind.signers"
  git -C "$kind.repository" -c user.name=Me -c user.email=me@example.com -c gpg.format=ssh \
    -c user.signingkey="$work/$kind.key" commit -q -S --allow-empty -m "Add weather"
  git -C "$kind.repository" -c gpg.format=ssh -c gpg.ssh.allowedSignersFile="$work/$kind.signers" \
    verify-commit HEAD 2>/dev/null || fail "$kind: git finds its own signature bad"
done

# Keys of ssh-keygen are imported.
for kind in "ed25519 256" "ecdsa 384"; do
  read -r type bits <<< "$kind"
  ssh-keygen -q -t "$type" -b "$bits" -N '' -C '' -f "ssh-$type"
  "$tool" sign key import "ssh-$type" --out "ours-$type" -q >/dev/null
  cut -d' ' -f1,2 "ssh-$type.pub" | cmp -s - <(cut -d' ' -f1,2 "ours-$type.pub") || fail "ssh-$type was imported as another key"
done

# A key made here is one for openssh; what others protect or make otherwise is refused with a reason.
"$tool" sign key new --out made -q >/dev/null
ssh-keygen -y -f made >/dev/null
ssh-keygen -q -t ed25519 -N secret -f locked-ssh
refuse "passphrase" "$tool" sign key import locked.pem --out nowhere
refuse "passphrase" "$tool" sign key import locked-ssh --out nowhere
refuse "neither an Ed25519 nor a P-384" "$tool" sign key import p256.pem --out nowhere
[ ! -e nowhere ] || fail "a refused key was written"
echo "keys: proofs and commits hold both ways"
