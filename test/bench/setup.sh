#!/bin/sh
# What svc is compared with, from Debian: supervisord, runit, compose 1.29, and compose 2 out of a later Debian. What cannot be had is
# left out of the comparison, with a word. None of them is started, and no package of the later Debian is installed.
set -eu
later=trixie
cache=/var/cache/svc-bench
need=""
command -v supervisord >/dev/null || need="$need supervisor"
command -v runsvdir >/dev/null || need="$need runit"
[ -x /usr/bin/docker-compose ] || need="$need docker-compose"
[ -n "$need" ] || [ ! -x "$cache/usr/libexec/docker/cli-plugins/docker-compose" ] || exit 0
if [ "$(id -u)" != 0 ]; then
  echo "not root: what is not installed is not compared:$need" >&2
  exit 0
fi

install_peers() {
  echo "installing Debian's packages:$need"
  policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  apt-get update -qq
  # One at a time: that one is not there says nothing of the others.
  for package in $need; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
      echo "$package cannot be installed, and is not compared" >&2
  done
}

fetch_compose() {
  echo "fetching docker-compose of Debian $later"
  mkdir -p "$cache/lists/partial" "$cache/archives/partial"
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -v security | head -n 1)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} $later main" >"$cache/later.list"
  apart="-o Dir::Etc::SourceList=$cache/later.list -o Dir::Etc::SourceParts=- -o Dir::State::Lists=$cache/lists"
  cd "$cache"
  # shellcheck disable=SC2086 # options
  apt-get $apart update -qq && apt-get $apart download -qq docker-compose && dpkg-deb -x docker-compose_*.deb "$cache"
}

[ -z "$need" ] || install_peers
[ -x "$cache/usr/libexec/docker/cli-plugins/docker-compose" ] || (fetch_compose) ||
  echo "compose 2 cannot be had, and is not compared" >&2
