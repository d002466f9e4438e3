/** Tests run on the node that is shipped; a host's own older node would pass them and prove nothing. */
export default function setup(): void {
  if (!process.version.startsWith("v26.")) {
    throw new Error(`the tests need node 26 but run on ${process.version}: start them with npm test or npx`);
  }
}
