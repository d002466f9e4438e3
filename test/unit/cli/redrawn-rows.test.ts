import { expect, test } from "vitest";
import { redrawnRows } from "../../../src/cli/show/redrawn-rows.ts";

function drawn(height: number) {
  const written: string[] = [];
  const draw = redrawnRows(
    (text) => written.push(text),
    () => height,
  );
  return { draw, take: () => written.splice(0).join("").replaceAll("\x1b", "^") };
}

test("rows are drawn anew where they stood, cut at the edge by the terminal; what is told goes above them", () => {
  const { draw, take } = drawn(24);
  draw("one\ntwo\n");
  expect(take()).toBe("^[?7l^[Kone\n^[Ktwo\n^[?7h^[J");
  draw("one\n", "told\n");
  expect(take()).toBe("^[2A^[Jtold\n^[?7l^[Kone\n^[?7h^[J");
  draw("");
  expect(take()).toBe("^[1A^[J");
  draw("", "end\n");
  expect(take()).toBe("end\n");
});

test("of more rows than the terminal has the last are shown, and how many are not", () => {
  const { draw, take } = drawn(4);
  draw("1\n2\n3\n");
  expect(take()).toContain("l^[K1\n^[K2\n^[K3\n");
  draw("1\n2\n3\n4\n5\n");
  expect(take()).toBe("^[3A^[?7l^[K… 3 more\n^[K4\n^[K5\n^[?7h^[J");
  const flat = drawn(1);
  flat.draw("1\n2\n3\n");
  expect(flat.take()).toBe("^[?7l^[K… 3 more\n^[?7h^[J");
});
