import { writeFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type RunningCli, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";

/** Of the configuration that {@link RunningWeb} writes. */
export const tokens = { read: "0123456789abcdefghij", operate: "abcdefghij0123456789" };

/** Of it, too, with the right to read: a token has a quarter of all event streams. */
export const streamTokens = [0, 1, 2, 3].map((index) => `0123456789abcdefghi-${index}`);

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A running harbinger with its API, in its own folder. */
export class RunningWeb implements AsyncDisposable {
  readonly #folder: ReturnType<typeof temporaryFolder>;
  readonly #running: RunningCli;
  readonly port: number;

  private constructor(folder: ReturnType<typeof temporaryFolder>, port: number, configuration: string) {
    this.#folder = folder;
    this.port = port;
    const accounts = [
      ...Object.entries(tokens).map(([role, token]) => `${role}: { token: "${token}", role: ${role} }`),
      ...streamTokens.map((token, index) => `stream-${index}: { token: "${token}" }`),
    ];
    writeFileSync(
      path.join(this.folder, "harbinger.yaml"),
      `web: { listen: "127.0.0.1:${port}", tokens: { ${accounts.join(", ")} } }\n${configuration}`,
    );
    this.#running = startHarbinger(["run"], {
      directory: this.folder,
      environment: { HARBINGER_WEB_LISTEN: `127.0.0.1:${port}` },
    });
  }

  /** @param prepare gets the folder before the program starts */
  static async start(configuration: string, prepare?: (folder: string) => Promise<void>): Promise<RunningWeb> {
    const folder = temporaryFolder();
    await prepare?.(folder.path);
    const one = new RunningWeb(folder, await freePort(), configuration);
    await one.#running.waitForOutput("serving the pages");
    return one;
  }

  get folder(): string {
    return this.#folder.path;
  }

  get pid(): number {
    return this.#running.process.pid ?? 0;
  }

  /** One request; without a token if `role` is absent. */
  ask(method: string, place: string, options: { readonly role?: keyof typeof tokens; readonly body?: unknown } = {}) {
    const { role, body } = options;
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise<Answer>((resolve, reject) => {
      const headers: http.OutgoingHttpHeaders = {};
      if (role !== undefined) headers["authorization"] = `Bearer ${tokens[role]}`;
      if (text !== undefined) headers["content-type"] = "application/json";
      const request = http.request({ host: "127.0.0.1", port: this.port, method, path: place, headers }, (response) => {
        let received = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: received }));
      });
      request.on("error", reject).end(text);
    });
  }

  /** The rows of a list. */
  async rows(place: string): Promise<readonly Record<string, unknown>[]> {
    const { status, body } = await this.ask("GET", `/api/v1${place}`, { role: "read" });
    if (status !== 200) throw new Error(`${place}: ${status} ${body}`);
    return JSON.parse(body).rows;
  }

  /** Asks for events; they are added to what it returns until it is disposed. */
  events(place = "/api/v1/events"): Disposable & { readonly received: ReceivedEvent[]; readonly status: number } {
    const received: ReceivedEvent[] = [];
    const stream = { received, status: 0, [Symbol.dispose]: () => void request.destroy() };
    const headers = { authorization: `Bearer ${tokens.read}` };
    let text = "";
    const request = http.get({ host: "127.0.0.1", port: this.port, path: place, headers, agent: false }, (response) => {
      stream.status = response.statusCode ?? 0;
      response.on("error", () => {});
      response.setEncoding("utf8").on("data", (chunk: string) => {
        const blocks = (text + chunk).split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) {
          const [, event, , id, data] = /^event: (.*)\n(id: (.*)\n)?data: (.*)$/.exec(block) ?? [];
          if (event !== undefined && data !== undefined) received.push({ event, id, data: JSON.parse(data) });
        }
      });
    });
    request.on("error", () => {});
    return stream;
  }

  async stop() {
    this.#running.process.kill("SIGTERM");
    return await this.#running.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running.process.kill("SIGKILL");
    await this.#running.ended;
    this.#folder[Symbol.dispose]();
  }
}

interface ReceivedEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

/** Waits until `isSo`. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await delay(20);
  }
}
