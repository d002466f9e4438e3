/** The grammar of an image reference: `[host[:port]/]name[:tag][@digest]`. */
export function isReference(image: string): boolean {
  const part = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
  const host = "(?:localhost|[a-zA-Z0-9.-]*[.A-Z:][a-zA-Z0-9.-]*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?|[a-zA-Z0-9-]+:[0-9]+";
  const name = `(?:(?:${host})/)?${part}(?:/${part})*`;
  return (
    new RegExp(`^${name}(?::[\\w][\\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,})?$`).test(image) ||
    /^[0-9a-f]{64}$/.test(image)
  );
}
