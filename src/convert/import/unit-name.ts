/** A name that svc takes for a unit: letters, digits, _, . and -, and an @ for templates. */
export function unitName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.@-]/g, "-").replace(/^[^A-Za-z0-9]+/, "") || "unit";
}
