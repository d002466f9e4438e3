import { must, run } from "./real-engine.ts";
import { until } from "./until.ts";

/** A terminal with a shell in it, that a test types into and looks at. */
export type Tmux = {
  /** A text is typed; `Enter`, `Escape`, `Down`, `C-c` and their like are keys. */
  press(...keys: readonly string[]): Promise<void>;
  /** Resolves with the screen once it is as wanted. */
  shows(wanted: RegExp): Promise<string>;
  /** The screen without blanks at the ends of its rows. */
  screen(): Promise<string>;
  resize(columns: number, rows: number): Promise<void>;
  /** What the terminal was told last: is the other screen shown, is the cursor, do rows wrap. */
  modes(): Promise<{ readonly otherScreen: boolean; readonly cursor: boolean; readonly wrap: boolean }>;
  close(): Promise<void>;
};

export async function tmux(name: string, env: NodeJS.ProcessEnv, size = { columns: 100, rows: 24 }): Promise<Tmux> {
  const all = { ...env, LC_ALL: "C.UTF-8", PS1: "$ ", ENV: "" };
  const tell = (...words: readonly string[]): Promise<string> =>
    must("tmux", ["-u", "-f", "/dev/null", "-L", name, ...words], all);
  await tell("new-session", "-d", "-x", String(size.columns), "-y", String(size.rows), "sh");
  const terminal: Tmux = {
    async press(...keys) {
      await tell("send-keys", ...keys);
    },
    async shows(wanted) {
      let seen = "";
      return until(
        async () => {
          seen = await terminal.screen();
          return wanted.test(seen) ? seen : null;
        },
        { within: 60_000, seen: () => [String(wanted), seen] },
      );
    },
    screen: async () => (await tell("capture-pane", "-p")).replace(/ +$/gm, ""),
    async resize(columns, rows) {
      await tell("resize-window", "-x", String(columns), "-y", String(rows));
    },
    async modes() {
      const flags = (await tell("display-message", "-p", "#{alternate_on} #{cursor_flag} #{wrap_flag}")).trim();
      const [otherScreen, cursor, wrap] = flags.split(" ").map((flag) => flag === "1");
      return { otherScreen: otherScreen === true, cursor: cursor === true, wrap: wrap === true };
    },
    async close() {
      await run("tmux", ["-L", name, "kill-server"]);
    },
  };
  return terminal;
}
