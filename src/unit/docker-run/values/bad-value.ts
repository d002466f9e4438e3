/** A value that docker would not take; the message says why. Caught where the word it stands in is known. */
export class BadValue extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadValue";
  }
}
