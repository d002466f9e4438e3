import { Agent, request } from "node:http";

/** The engine's own API with nothing around it: what a piece of work cannot take less than. */
export type RawEngine = {
  /** Removed by the engine when it ends, as all that is measured here. */
  create(name: string, body: object): Promise<string>;
  start(name: string): Promise<void>;
  signal(name: string, signal: string): Promise<void>;
  /** Resolves when it is gone; asked for beforehand. */
  removed(name: string): Promise<void>;
  get(path: string): Promise<unknown>;
  close(): void;
};

const socketPath = (process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock").replace("unix://", "");

export function rawEngine(): RawEngine {
  const agent = new Agent({ keepAlive: true });
  return {
    async create(name, body) {
      const host = { AutoRemove: true };
      const made = await ask("POST", `/containers/create?name=${name}`, { HostConfig: host, ...body });
      return (made as { Id: string }).Id;
    },
    start: async (name) => void (await ask("POST", `/containers/${name}/start`)),
    signal: async (name, signal) => void (await ask("POST", `/containers/${name}/kill?signal=${signal}`)),
    removed(name) {
      const gone = ask("POST", `/containers/${name}/wait?condition=removed`).then(() => undefined);
      // Whoever waits for it hears of a failure when he does.
      gone.catch(() => undefined);
      return gone;
    },
    get: (path) => ask("GET", path),
    close: () => agent.destroy(),
  };

  function ask(method: string, path: string, body?: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath, agent, method, path }, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => {
          text += chunk;
        });
        answer.on("error", reject);
        answer.on("end", () => {
          if ((answer.statusCode ?? 500) < 400) resolve(text === "" ? null : JSON.parse(text));
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
        });
      });
      sent.on("error", reject);
      if (body) sent.setHeader("Content-Type", "application/json");
      sent.end(body ? JSON.stringify(body) : undefined);
    });
  }
}
