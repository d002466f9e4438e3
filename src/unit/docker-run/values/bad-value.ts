import { plain, type Sentence } from "../sentence.ts";

/** A value that docker would not take; the sentence says why. Caught where the word it stands in is known. */
export class BadValue extends Error {
  readonly sentence: Sentence;

  constructor(sentence: Sentence | string) {
    const said = typeof sentence === "string" ? plain(sentence) : sentence;
    super(said.text);
    this.name = "BadValue";
    this.sentence = said;
  }
}
