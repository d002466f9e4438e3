# shellcheck shell=sh
# shellcheck disable=SC2154
# The demo of install.sh, which reads this file: six units under svc, all from one image that is made out of busybox here.

demo_units="antisocial antisocial-worker antisocial-beat postfix redis registrator"
# What the demo put on this host, a path a line; what was there before is never in it.
manifest=/etc/svc/demo

# SOURCE TARGET of every file that the demo puts here.
list_demo_files() {
  echo 'export TAG=build-1' >"$scratch/TAG"
  {
    for name in $demo_units worker@; do echo "units/$name.yml /etc/svc/units/$name.yml"; done
    for name in antisocial postfix redis registrator; do echo "units/default/$name /etc/default/$name"; done
    echo "$scratch/TAG /var/www/antisocial/TAG"
  } >"$scratch/demo"
}
is_demos() { [ -f "$manifest" ] && grep -qxF -- "$1" "$manifest"; }

# The demo runs what these files say and replaces containers of these names, so it takes neither from anybody.
demo_may_run() {
  list_demo_files
  while read -r source target; do
    if [ ! -e "$target" ] || is_demos "$target" || cmp -s "$source" "$target"; then continue; fi
    fail 1 "this host has its own $target, and the demo would run what it says" \
      "try the demo on another machine; ./install.sh without --demo installs svc and runs nothing"
  done <"$scratch/demo"
  command -v docker >/dev/null || return 0
  for name in $demo_units; do
    owner=$(docker inspect -f '{{index .Config.Labels "svc.unit"}}' "$name" 2>/dev/null) || continue
    [ -z "$owner" ] || [ "$owner" = "<no value>" ] || continue
    fail 1 "this host has its own container $name, and the demo would replace it" \
      "try the demo on another machine; ./install.sh without --demo installs svc and runs nothing"
  done
}

put_demo_files() {
  if [ ! -e "$manifest" ]; then
    echo '# What "install.sh --demo" put here. "install.sh --demo --uninstall" takes it away.' >"$manifest"
    [ "$fresh" = no ] || echo "$bin" >>"$manifest"
  fi
  [ -d /var/www ] || echo /var/www >>"$manifest"
  while read -r source target; do
    [ ! -e "$target" ] || continue
    is_demos "$target" || echo "$target" >>"$manifest"
    mkdir -p "${target%/*}"
    mode=0644
    case $target in /etc/default/*) mode=0640 ;; esac
    install -m "$mode" "$source" "$target.svc-new"
    mv -fT "$target.svc-new" "$target"
  done <"$scratch/demo"
}

# An image of busybox alone, with what stands in for the app, the relay, the cache and the registrator.
demo_image() {
  if docker image inspect svc-demo:build-1 svc-demo:build-2 >/dev/null 2>&1; then return; fi
  begin "making the demo's image out of busybox"
  busybox=/bin/busybox
  if [ ! -x $busybox ] || ldd $busybox >/dev/null 2>&1; then
    quietly "apt-get update; then run this again" apt-get update -qq
    (cd "$scratch" && quietly "apt-get install busybox-static; then run this again" apt-get -o APT::Sandbox::User=root download busybox-static)
    dpkg-deb -x "$scratch"/busybox-static_*.deb "$scratch/busybox"
    busybox=$scratch/busybox/bin/busybox
  fi
  root=$scratch/root
  mkdir -p "$root/bin" "$root/www" "$root/tmp" "$root/etc"
  install -m 0755 "$busybox" "$root/bin/busybox"
  for name in sh cat date echo env false grep head hostname httpd id kill ls nc printf ps sleep tail true wget; do
    ln -s busybox "$root/bin/$name"
  done
  install -m 0755 units/demo/bin/* "$root/bin"
  chmod 1777 "$root/tmp"
  for number in 1 2; do
    echo "<h1>antisocial, build $number</h1>" >"$root/www/index.html"
    tar -C "$root" -c . >"$scratch/image.tar"
    quietly "docker info" docker import -c 'ENTRYPOINT ["/bin/app"]' -c 'CMD ["site"]' "$scratch/image.tar" "svc-demo:build-$number"
  done
  end
}

run_demo() {
  # On a terminal svc itself shows how it goes.
  quiet=""
  if [ -t 2 ]; then say "starting six units"; else begin "starting six units"; quiet=--quiet; fi
  "$bin" reload >/dev/null || true
  # shellcheck disable=SC2086
  "$bin" $quiet start $demo_units >/dev/null || fail 1 "not every unit is up" "svc status; svc logs UNIT"
  [ -z "$quiet" ] || end
  say ""
  "$bin" status
  next_steps
}

next_steps() {
  case :$PATH: in *":${bin%/svc}:"*) ;; *) say ""; say "(first: PATH=${bin%/svc}:\$PATH)" ;; esac
  cat <<'NEXT'

What to type next:
  svc logs -n 5 antisocial postfix redis              what they wrote; -f follows
  docker exec antisocial wget -qO- localhost:8000     the site
  docker-runner antisocial migrate                    a task with the site's image, tag, env and links
  kill -9 $(docker inspect -f '{{.State.Pid}}' postfix); sleep 10; svc status
                                                      the relay is back, and what links to it after it
  svc history postfix                                 how its runs ended
  echo export TAG=build-2 >/var/www/antisocial/TAG; svc restart antisocial
                                                      a deploy
  svc start worker@mail                               one more worker, from the template worker@.yml
  svc help                                            everything else
NEXT
  ! command -v man >/dev/null || say "  man svc; man docker-runner; man svc-unit            the same at length"
  say "  $PWD/install.sh --demo --uninstall"
  say "                                                      takes it all away"
}

uninstall_demo() {
  [ -f "$manifest" ] || fail 1 "there is no demo on this host: $manifest is not there" "./install.sh --uninstall takes svc away"
  begin "stopping the demo's units"
  if is_demos "$bin"; then end_daemon TERM
  else
    # shellcheck disable=SC2086
    "$bin" --quiet stop --with-dependents $demo_units >/dev/null 2>&1 || true
  fi
  # What the daemon could not stop, and tasks that still run.
  ids=$(docker ps -aq --filter ancestor=svc-demo:build-1; docker ps -aq --filter ancestor=svc-demo:build-2)
  # shellcheck disable=SC2086
  [ -z "$ids" ] || docker rm -f -v $ids >/dev/null 2>&1 || true
  docker rmi -f svc-demo:build-1 svc-demo:build-2 >/dev/null 2>&1 || true
  end
  list_demo_files
  while read -r source target; do
    is_demos "$target" || continue
    case $target in
      */TAG)
        rm -f "$target"
        rmdir "${target%/*}" 2>/dev/null || true
        if is_demos /var/www; then rmdir /var/www 2>/dev/null || true; fi
        continue
        ;;
    esac
    if [ ! -e "$target" ] || cmp -s "$source" "$target"; then rm -f "$target"; else say "$target was edited and stays"; fi
  done <"$scratch/demo"
  if is_demos "$bin"; then
    rm -f "$manifest"
    rm -rf /var/lib/svc /var/log/svc
    remove_files
    say "The demo and svc are taken away. The Docker engine stays; apt-get purge docker.io removes Debian's."
    return
  fi
  rm -f "$manifest"
  "$bin" reload >/dev/null 2>&1 || true
  say "The demo is taken away. svc and the Docker engine were here before and stay."
}
