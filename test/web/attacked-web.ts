import { randomBytes, scryptSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { harbinger, type RunningCli, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";

export const readToken = "read-0123456789abcdefghij";
export const operateToken = "operate-0123456789abcdefghij";
export const password = "correct horse";
/** Connections from here come from a trusted proxy. */
export const proxyAddress = "127.0.0.9";

/** A hash of the lowest cost, so that a test can try many passwords. */
export function cheapHash(): string {
  const salt = randomBytes(16);
  const hash = scryptSync(password, salt, 32, { N: 2 ** 10, r: 8, p: 1 });
  const text = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "");
  return `$scrypt$ln=10,r=8,p=1$${text(salt)}$${text(hash)}`;
}

export interface Sent {
  /** The address from which the connection comes, `127.0.0.1` by default. */
  readonly from?: string | undefined;
  /** Ends the connection after this, if the server does not. */
  readonly limitMs?: number | undefined;
  /** Ends the connection when the headers of the first answer have come: an event stream does not end by itself. */
  readonly headersOnly?: boolean | undefined;
}

export interface StartOptions {
  /** Gets the folder before the program starts. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** Where it listens. It is asked at 127.0.0.1 in any case. */
  readonly address?: string;
}

/** `harbinger run` with pages, a user for each role, and tokens, as a process of its own. */
export class AttackedWeb implements AsyncDisposable {
  readonly port: number;
  readonly #folder: ReturnType<typeof temporaryFolder>;
  readonly users: Readonly<Record<"ann" | "bob", object>>;
  readonly #running: RunningCli;

  private constructor(port: number, folder: ReturnType<typeof temporaryFolder>, web: object, address: string) {
    this.port = port;
    this.#folder = folder;
    const hash = cheapHash();
    this.users = { ann: { password: hash, role: "operate" }, bob: { password: hash } };
    this.configure(web);
    this.#running = startHarbinger(["run"], {
      directory: this.#folder.path,
      environment: { HARBINGER_WEB_LISTEN: `${address}:${port}` },
    });
  }

  /** @param web what differs from the usual section of the configuration */
  static async start(web: object = {}, { prepare, address = "127.0.0.1" }: StartOptions = {}): Promise<AttackedWeb> {
    const folder = temporaryFolder();
    await prepare?.(folder.path);
    const one = new AttackedWeb(await freePort(), folder, web, address);
    await one.#running.waitForOutput("waiting for the next schedule");
    return one;
  }

  /** Writes the configuration. @param web what differs from the usual section */
  configure(web: object): void {
    const configuration = {
      web: {
        hosts: ["harbinger.example"],
        trusted_proxies: [proxyAddress],
        users: this.users,
        tokens: { reader: { token: readToken }, operator: { token: operateToken, role: "operate" } },
        ...web,
      },
      watches: { never: { targets: "127.0.0.1", ports: 1, schedule: "0 4 1 1 *", only_on_schedule: true } },
    };
    writeFileSync(path.join(this.#folder.path, "harbinger.yaml"), JSON.stringify(configuration));
  }

  get pid(): number {
    return this.#running.process.pid ?? 0;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  async reload(): Promise<number | null> {
    return (await harbinger(["reload"], { directory: this.#folder.path })).status;
  }

  connect(from?: string): net.Socket {
    const socket = net.connect({ port: this.port, host: "127.0.0.1", localAddress: from });
    return socket.on("error", () => undefined);
  }

  /** Sends bytes as they are, and resolves to everything that comes back until the connection ends. */
  send(bytes: string, { from, limitMs = 5000, headersOnly }: Sent = {}): Promise<string> {
    return new Promise((resolve) => {
      const socket = this.connect(from);
      let received = "";
      socket.setEncoding("latin1").on("data", (text: string) => {
        received += text;
        if (headersOnly === true && received.includes("\r\n\r\n")) socket.destroy();
      });
      const limit = setTimeout(() => socket.destroy(), limitMs);
      socket.once("close", () => {
        clearTimeout(limit);
        resolve(received);
      });
      socket.write(bytes, "latin1");
    });
  }

  /** One request in its own connection. `Host` is the right one unless given. */
  async ask(
    line: string,
    headers: Readonly<Record<string, string>> = {},
    { body, ...sent }: Sent & { readonly body?: string | undefined } = {},
  ): Promise<{ readonly status: number; readonly text: string }> {
    const all: Record<string, string> = { Host: this.host, Connection: "close", ...headers };
    if (body !== undefined) all["Content-Length"] ??= String(Buffer.byteLength(body));
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const text = await this.send(`${line} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`, sent);
    return { status: statusOf(text), text };
  }

  async login(
    name: string,
    typed: string,
    options: Sent & { readonly headers?: Readonly<Record<string, string>>; readonly place?: string } = {},
  ): Promise<{ readonly status: number; readonly cookie: string }> {
    const { headers, place = "/api/v1/session", ...sent } = options;
    const { status, text } = await this.ask(
      `POST ${place}`,
      { "Content-Type": "application/json", ...headers },
      { ...sent, body: JSON.stringify({ name, password: typed }) },
    );
    return { status, cookie: /^set-cookie: ([^;\r]+)/im.exec(text)?.[1] ?? "" };
  }

  async stop(): Promise<string> {
    this.#running.process.kill("SIGTERM");
    return (await this.#running.ended).stderr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#folder[Symbol.dispose]();
  }
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);
}

export function answersIn(received: string): number {
  return received.split(/HTTP\/1\.1 \d{3} /).length - 1;
}

/** Bytes of memory that a process holds. Linux only. */
export function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}
