/** Apps of many kinds: a unit file, an env file or both, and what is run. `relay` is a unit with a container name of its own. */
export type App = {
  readonly unit?: string;
  readonly env?: string;
  readonly tag?: string;
  readonly args?: readonly string[];
};

const image = "IMAGE=registry.example/team/site:7\n";
const withOptions = (options: string): App => ({ env: `${image}OPTS="${options}"\n` });

export const apps: readonly App[] = [
  { env: image },
  { env: image, args: ["migrate"] },
  { env: "IMAGE=site\n", tag: "export TAG=build-42\n", args: ["sh", "-c", "echo \"$HOME\" 'a b' \\ ; exit 3"] },
  { env: "IMAGE=site\nREPOSITORY=registry.example:5000/team\nTAG=9\n", args: ["--flag", "-x", ""] },
  { env: `${image}A=plain\nB='two  words'\nC="it's"\nD='say "hi"'\nE=\n` },
  { env: `${image}LINES='first\nsecond\n\n'\nTAB='a\tb'\n`, args: ["new\nline", "tab\there"] },
  { env: `${image}DOLLAR='$HOME \`id\` $(id)'\nBACK='a\\b'\nBANG='!x'\nGLOB='*'\nTILDE='~'\n` },
  { env: `${image}UNICODE='grüße 🐳'\nEQUALS='a=b=c'\nHASH='# no comment'\nQUOTES="'\\"'"\n` },
  { env: `${image}SERVICE_NAME=x\nSERVICE_80_CHECK_HTTP=/\nKEPT=1\n` },
  withOptions("-m 512m --memory-swap 1g --cpus 1.5 --cpu-shares 77 --pids-limit 100"),
  withOptions("-p 8000:80 -p 127.0.0.1:53:53/udp --expose 9000 -P"),
  withOptions("-v /srv/media:/media:ro -v cache:/cache -v /anonymous --tmpfs /run:size=1m"),
  withOptions("--mount type=bind,source=/srv,target=/srv,readonly --mount type=volume,target=/x,volume-nocopy"),
  withOptions("--name site --hostname site.example --domainname example -u www-data:www-data -w /app"),
  withOptions("--link relay:mail --link other"),
  withOptions("--network back --network-alias front --ip 10.0.0.9 --mac-address 02:42:ac:11:00:02"),
  withOptions("--network back --link relay:mail"),
  withOptions("--network name=back,alias=x,driver-opt=a=b --network name=other,ip=10.1.0.9"),
  withOptions("--network host"),
  withOptions("--network container:relay"),
  withOptions("--network none --dns 1.1.1.1 --dns-search example --dns-option ndots:2 --add-host db:10.0.0.1"),
  withOptions("--cap-add NET_ADMIN --cap-drop all --privileged --read-only --security-opt no-new-privileges"),
  withOptions("--security-opt apparmor=unconfined --security-opt systempaths=unconfined"),
  withOptions("--device /dev/fuse --device /dev/null:/dev/zero:r --device-cgroup-rule 'c 1:3 rw'"),
  withOptions("--ulimit nofile=1024:2048 --ulimit core=0 --sysctl net.core.somaxconn=99 --shm-size 128m"),
  withOptions("--log-driver syslog --log-opt tag=x --log-opt syslog-address=udp://127.0.0.1:514"),
  withOptions("--health-cmd 'curl -f localhost' --health-interval 5s --health-retries 3"),
  withOptions("--no-healthcheck --init=false --stop-signal SIGQUIT --stop-timeout 3"),
  withOptions("--label a=b --label 'c=d e' --label empty= --annotation x=y"),
  withOptions("-e ONE=1 -e 'TWO=two words' -e ONE=again --entrypoint '/bin/sh -x'"),
  withOptions("-it --detach-keys ctrl-a --sig-proxy=false -a stdout --rm --pull always"),
  withOptions("--platform linux/arm64 --runtime runc --isolation default --cgroupns private"),
  withOptions("--ipc host --pid host --uts host --userns host --group-add 33 --group-add audio"),
  withOptions("--ipc container:relay --pid container:relay --volumes-from relay:ro --volumes-from other"),
  withOptions("--blkio-weight 100 --device-read-bps /dev/null:1mb --cpuset-cpus 0-1 --cpu-rt-runtime 100"),
  withOptions("--gpus all --oom-kill-disable --oom-score-adj -500 --memory-swappiness 10 --kernel-memory 50m"),
  withOptions("--volume-driver local --storage-opt size=10G --cgroup-parent x --cidfile /tmp/x"),
  { env: `${image}OPTS="-m 512m"\nEXTRA="-m 64m -e LAST=1"\nLAST=0\n` },
  { unit: 'image: site:1\ncommand: ["a b", "c\\"d", "$$x"]\n' },
  { unit: "image: site:1\nentrypoint: [/bin/sh, -c]\ncommand: ['echo \"$$0\"; exit 1', two]\n" },
  { unit: "image: site:1\nentrypoint: [/bin/sh, -c]\ncommand: [':']\n", args: ["echo", "x y"] },
  { unit: "image: site:1\nentrypoint: /bin/sh -c\n", args: ["exit 2"] },
  { unit: "image: site:1\nentrypoint: []\n", args: ["/bin/ls"] },
  { unit: "image: site:1\nlinks: [relay:mail]\nenvironment: {A: '1', B: \"two\\nlines\", SERVICE_X: y}\n" },
  { unit: "image: site:1\nnetworks: [back]\nlinks: [relay]\nports: ['8000:80']\n" },
  { unit: "image: site:1\nnetwork_mode: service:relay\nvolumes_from: [relay]\npid: service:relay\n" },
  { unit: "image: site:1\nhealthcheck: {test: [CMD, curl, localhost]}\nlabels: {traefik.enable: 'true'}\n" },
  { unit: "image: site@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\ntty: true\n" },
  { unit: "app: shared\nuser: 33:33\nworking_dir: /a b\nvolumes: ['/srv/a b:/c d']\ninit: false\n" },
  { unit: "image: site:1\npull_policy: never\nstop_grace_period: 3s\nmem_limit: 64m\ncap_add: [SYS_TIME]\n" },
];

/** What no flag of docker run can say, and the words for it. */
export const unsayable: readonly (readonly [App, string])[] = [
  [{ unit: "image: site:1\nsecurity_opt: ['seccomp=FOLDER/profile.json']\n" }, "--security-opt"],
];
