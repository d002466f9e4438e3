// Stands in for packages that a dependency loads and svc never calls.
module.exports = new Proxy(() => undefined, {
  get(_target, name) {
    if (name === "__esModule" || typeof name === "symbol") return undefined;
    return () => {
      throw new Error(`not in this build: ${String(name)}`);
    };
  },
});
