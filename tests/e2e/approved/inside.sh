#!/usr/bin/env bash
# Runs a command with some files in /etc and a network of its own, whose only other end is this machine.
# Started by programs.py with `unshare`: nothing of the machine changes.
#
#   inside.sh ETC COMMAND...
#
# ETC is a folder with what /etc shall have: its files are laid over a copy of the machine's.
set -euo pipefail
etc=$1
shift
ip link set lo up
# A copy instead of an overlay, which some machines refuse.
mount -t tmpfs tmpfs /mnt
cp -r /etc /mnt/etc 2>/dev/null || true
cp -r "$etc/." /mnt/etc
mount --bind /mnt/etc /etc
[ -z "${MODEL:-}" ] || { python3 "$(dirname "${BASH_SOURCE[0]}")/model.py" "$MODEL" & }
"$@"
