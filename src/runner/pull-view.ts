import type { PullProgress } from "../engine/engine.ts";

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
    show({ doneBytes, totalBytes, layersDone, layers }) {
      const percent = totalBytes === 0 ? 0 : Math.floor((100 * doneBytes) / totalBytes);
      if (layers === 0 || percent === told) return;
      told = percent;
      draw(`: ${percent} %, ${layersDone} of ${layers} layers`);
    },
    end: () => void to.write("\r\x1b[K"),
  };
}
