import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ratioTo } from "./rounds.ts";
import { floor, type Line, svc } from "./row.ts";

const path = join(import.meta.dirname, "../../docs/performance.svg");
const labelWidth = 370;
const scaleWidth = 400;
const valueWidth = 210;
const barHeight = 14;
const gap = 10;
/** Beyond it a bar is cut. */
const longest = 4;

/** For each line what svc takes of what its floor and its peers take: a bar each, and a rule where it takes as much as they do. */
export function drawPicture(lines: readonly Line[]): void {
  const shown = lines.flatMap((line) => {
    const ratios = Object.keys(line.measured).flatMap((name) => {
      const ratio = name === svc ? null : ratioTo(line, name);
      return ratio === null || !Number.isFinite(ratio) ? [] : [{ name, ratio }];
    });
    return ratios.length > 0 ? [{ work: line.work, ratios }] : [];
  });
  const parts: string[] = [];
  let y = 44;
  for (const { work, ratios } of shown) {
    parts.push(text(labelWidth - 8, y + 11, work, 'text-anchor="end" font-weight="bold"'));
    for (const { name, ratio } of ratios) {
      const width = (Math.min(ratio, longest) / longest) * scaleWidth;
      const colour = name === floor ? "#7a8ba0" : ratio <= 1 ? "#3a8f5a" : "#c0703a";
      parts.push(
        `<rect x="${labelWidth}" y="${y}" width="${width.toFixed(1)}" height="${barHeight}" fill="${colour}"/>`,
      );
      const words = `${ratio.toFixed(2)} of ${name === floor ? "the floor" : name}${ratio > longest ? " (cut)" : ""}`;
      parts.push(text(labelWidth + width + 6, y + 11, words));
      y += barHeight + 2;
    }
    y += gap;
  }
  const one = labelWidth + scaleWidth / longest;
  const rule = `<line x1="${one}" y1="34" x2="${one}" y2="${y}" stroke="#444" stroke-dasharray="3 3"/>`;
  const title = text(
    labelWidth,
    18,
    "what svc takes of what others take: less is better, 1 is as much",
    'font-size="13"',
  );
  const width = labelWidth + scaleWidth + valueWidth;
  writeFileSync(
    path,
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 8}" viewBox="0 0 ${width} ${y + 8}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
${title}
${parts.join("\n")}
${rule}
</svg>
`,
  );
}

function text(x: number, y: number, words: string, more = ""): string {
  const safe = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<text x="${x.toFixed(1)}" y="${y}" ${more}>${safe}</text>`;
}
