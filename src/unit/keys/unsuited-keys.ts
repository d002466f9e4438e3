/** Keys of Compose that mean nothing to a supervisor of one host, each with what to do instead. */
export const unsuitedKeys: { readonly [key: string]: { readonly because: string; readonly hint: string } } = {
  attach: { because: "the output of every unit is kept", hint: "svc logs -f UNIT shows it" },
  build: { because: "svc builds no images", hint: "docker build -t NAME:TAG … first, and name it with image" },
  configs: { because: "there are no configs on a single host", hint: "mount the file with volumes: [PATH:TARGET:ro]" },
  cpu_count: { because: "it is for engines on Windows", hint: "use cpus" },
  cpu_percent: { because: "it is for engines on Windows", hint: "use cpus" },
  credential_spec: { because: "it is for engines on Windows", hint: "take it out" },
  deploy: {
    because: "it is for a swarm",
    hint: "use mem_limit, cpus and pids_limit for limits, respawn_limit for restarts, NAME@.yml for replicas",
  },
  develop: { because: "svc does not watch sources", hint: "take it out" },
  driver_opts: { because: "it belongs to a network", hint: "write networks: {NAME: {driver_opts: {…}}}" },
  extends: { because: "a unit file stands alone", hint: "repeat the keys, or make NAME@.yml and start NAME@INSTANCE" },
  include: { because: "a unit file stands alone", hint: "put one service in each file of the units folder" },
  models: { because: "svc runs no models", hint: "name the model's address with environment" },
  name: { because: "the unit is named by its file", hint: "rename the file to NAME.yml" },
  profiles: { because: "units are started by name", hint: "use enabled: false and svc start NAME" },
  provider: { because: "svc runs containers only", hint: "take it out" },
  pull_refresh_after: { because: "images are pulled at a start only", hint: "use pull_policy" },
  scale: { because: "a unit has one container", hint: "make the file a template NAME@.yml and start NAME@1 NAME@2" },
  secrets: { because: "there are no secrets on a single host", hint: "mount the file with volumes: [PATH:TARGET:ro]" },
  services: {
    because: "a unit file holds one service",
    hint: "put what stands below services.NAME into NAME.yml, one file each",
  },
  use_api_socket: {
    because: "it hands out registry passwords",
    hint: "mount /var/run/docker.sock with volumes",
  },
  version: { because: "a unit file is no compose.yaml", hint: "take it out" },
};
