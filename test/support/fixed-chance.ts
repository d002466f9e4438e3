import fc from "fast-check";

/** A change is judged by the same random cases as the last one; `SVC_RUNS=5000` looks for as many new ones. */
const everyDaySeed = 718_753_247;

if (!process.env.SVC_RUNS) fc.configureGlobal({ seed: everyDaySeed });
