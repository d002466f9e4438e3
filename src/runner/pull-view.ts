import type { PullProgress } from "../engine/engine.ts";
import { percentOf, pullWords } from "./pull-words.ts";

/** How far a pull is: redrawn in one line on a terminal, else a line for each layer that is there. */
export function pullView(
  image: string,
  to: Pick<NodeJS.WriteStream, "isTTY" | "write">,
): { show(progress: PullProgress): void; end(): void } {
  let told = -1;
  if (!to.isTTY) {
    to.write(`docker-runner: pulling ${image}\n`);
    return {
      show({ layersDone, layers }) {
        if (layers === 0 || layersDone === told) return;
        told = layersDone;
        to.write(`docker-runner: pulling ${image}: ${layersDone} of ${layers} layers\n`);
      },
      end: () => undefined,
    };
  }
  const draw = (words: string): void => void to.write(`\r\x1b[Kdocker-runner: pulling ${image}${words}`);
  draw("");
  return {
    show(progress) {
      const percent = percentOf(progress);
      if (progress.layers === 0 || percent === told) return;
      told = percent;
      draw(`: ${pullWords(progress)}`);
    },
    end: () => void to.write("\r\x1b[K"),
  };
}
