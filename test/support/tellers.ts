/** What is told of a host when a test fails. */
export const tellers = new Set<() => string>();
