/** The build says it; a program that is run from its sources has none. */
export const ownVersion = process.env.SVC_VERSION ?? "development";

/**
 * What stands between this process's executable and svc's own words: in development the program is a script that node runs; the
 * executable has its options for node in itself.
 */
export function ownScript(): readonly string[] {
  const script = process.argv[1];
  return script?.endsWith(".ts") ? [...process.execArgv, script] : [];
}
