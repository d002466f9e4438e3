// An engine is asked over TLS only where DOCKER_TLS_VERIFY says so; else what node needs for that, megabytes, is not loaded.
const load = () => process.getBuiltinModule("node:https");
module.exports = {
  request: (...args) => load().request(...args),
  get Agent() {
    return load().Agent;
  },
};
