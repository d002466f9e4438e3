import { isNode, isScalar, isSeq, Scalar, visit } from "yaml";
import { keyGroups } from "../unit/keys/schema.ts";

const order = keyGroups.flatMap(([, keys]) => keys);

/** Keys in the order of the help, and others behind them. */
export function inOrder(keys: readonly string[]): readonly string[] {
  const rank = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
  return [...keys].sort((one, other) => rank(one) - rank(other));
}

/** Short lists stand on one line, and ports in quotes, which older readers of YAML take for numbers of base 60. */
export function shape(name: string, node: unknown): void {
  if (!isNode(node)) return;
  visit(node, {
    Scalar(position, scalar) {
      const isPort = /^(ports|expose)$/.test(name) && position !== "key";
      // A block of lines does not keep all blanks at the ends of these.
      const isBlock = /\n/.test(String(scalar.value)) && /^\s|[ \t\r]\n|\s\s$/.test(String(scalar.value));
      if (typeof scalar.value === "string" && (isPort || isBlock)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  if (!isSeq(node)) return;
  const texts = node.items.map((item) => (isScalar(item) ? String(item.value) : null));
  const isBlock = ["ports", "volumes"].includes(name) && texts.length > 1;
  if (texts.every((text) => text !== null && !text.includes("\n")) && !isBlock)
    node.flow = texts.join(", ").length < 80;
}
