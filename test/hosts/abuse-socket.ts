// Sends nonsense to the socket at argv[2], argv[3] times, by twenty clients at once. A process of its own, so that who measures is not slowed.
import { connect } from "node:net";

const [, , path = "", count = "0"] = process.argv;
const post = (name: string, body: string): string =>
  `POST /v1/${name} HTTP/1.0\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const random = (bytes: number): Buffer => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes)));
const nonsense: readonly (() => string | Buffer)[] = [
  () => random(200),
  () => Buffer.concat([Buffer.from("POST /v1/list HTTP/1.1\r\n"), random(500)]),
  () => "POST /v1/list HTTP/1.0\r\nContent-Length: 100\r\n\r\n{",
  () => post("start", random(300).toString("latin1")),
  () => post("start", JSON.stringify({ names: [random(50).toString("base64"), "../../etc/passwd", ""] })),
  () => post("logs", JSON.stringify({ units: ["mail"], grep: "(a+)+$", lines: 1 })),
  () => `POST /v1/list HTTP/1.1\r\nHost: ${"x".repeat(20_000)}\r\n\r\n`,
  () => post("list", `{"units":["${"x".repeat(1_100_000)}"]}`),
  () => "POST /v1/list HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
  () => post("history", `{"unit":${"[".repeat(10_000)}`),
];

let sent = 0;
await Promise.all(
  Array.from({ length: 20 }, async () => {
    while (sent < Number(count)) await sendAndForget(nonsense[sent++ % nonsense.length]?.() ?? "");
  }),
);

/** Half of them hang up at once; the others wait for the answer, whatever it is. */
function sendAndForget(bytes: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (): void => {
      socket.destroy();
      resolve();
    };
    socket.on("error", end).on("close", end).resume();
    socket.setTimeout(500, end);
    socket.write(bytes, () => {
      if (Math.random() < 0.5) end();
    });
  });
}
