// Stands in for @viz-js/viz in the executable: its 1.2 MB lie beside the bundle there, and are read when a graph is drawn.
const { getAsset } = require("node:sea");
const { compileFunction } = require("node:vm");

const viz = { exports: {} };
const load = compileFunction(getAsset("viz.cjs", "utf8"), ["module", "exports", "require", "__filename", "__dirname"]);
load(viz, viz.exports, process.getBuiltinModule, process.execPath, "/");
module.exports = viz.exports;
