import { connect } from "node:net";
import { SvcError } from "../svc-error.ts";

/** stdin and stdout become a connection to the daemon: the far end of `ssh -T HOST svc dial-stdio`. */
export function dialStdio(socketPath: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath, allowHalfOpen: true });
    socket.on("error", (error) =>
      reject(new SvcError("daemon-away", `svc is not running here: ${error.message}`, { hint: "systemctl start svc" })),
    );
    socket.on("connect", () => {
      process.stdin.pipe(socket);
      socket.pipe(process.stdout);
    });
    // Who has dialled may be gone before the answer is.
    process.stdout.on("error", () => socket.destroy());
    process.stdin.on("end", () => socket.destroy());
    // The answer is over: who has dialled learns that by the end of this process.
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      process.stdin.destroy();
      resolve(0);
    });
  });
}
