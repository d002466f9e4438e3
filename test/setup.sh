#!/bin/sh
# What the tests need beside npm's packages, from Debian: an engine, busybox to make images of, node 26's libatomic, tmux, a
# terminal to look at, and wrk, which puts a load on a front.
set -eu
need=""
command -v dockerd >/dev/null || need="$need docker.io iptables"
command -v wrk >/dev/null || need="$need wrk"
[ -x /bin/busybox ] || need="$need busybox-static"
command -v tmux >/dev/null || need="$need tmux"
ldconfig -p | grep -q libatomic.so.1 || need="$need libatomic1"
[ -n "$need" ] || exit 0
if [ "$(id -u)" != 0 ]; then
  echo "the tests need root, and Debian's packages:$need" >&2
  exit 1
fi
echo "installing Debian's packages:$need"
apt-get update -qq
# shellcheck disable=SC2086 # a list of names
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need >/dev/null
