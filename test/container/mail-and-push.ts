import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { type ParsedMail, simpleParser } from "mailparser";
import type { ContainerHost } from "../harness/container-host.ts";
import type { ServersOrder, Taken } from "./mail-and-push-process.ts";

const program = path.join(import.meta.dirname, "mail-and-push-process.ts");

/** Mail and push servers outside of a machine with containers. They can be stopped and started again. */
export class MailAndPush implements AsyncDisposable {
  readonly #host: ContainerHost;
  readonly #order: ServersOrder;
  readonly #taken: Taken[] = [];
  readonly #waiting = new Set<() => void>();
  #server: ChildProcess | undefined;

  constructor(host: ContainerHost, order: ServersOrder) {
    this.#host = host;
    this.#order = order;
  }

  async start(): Promise<void> {
    const [command, args] = this.#host.outside(process.execPath, program, JSON.stringify(this.#order));
    const server = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      createInterface(server.stdout).on("line", (line) => {
        if (line === "ready") return resolve();
        this.#taken.push(JSON.parse(line) as Taken);
        for (const wake of this.#waiting) wake();
        this.#waiting.clear();
      });
      server.once("exit", () => reject(new Error("the servers did not start")));
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "close");
    server.kill("SIGKILL");
    await ended;
  }

  get mails(): readonly Extract<Taken, { channel: "mail" }>[] {
    return this.#taken.filter((each) => each.channel === "mail");
  }

  get posts(): readonly Extract<Taken, { channel: "push" }>[] {
    return this.#taken.filter((each) => each.channel === "push");
  }

  async parsedMails(): Promise<readonly ParsedMail[]> {
    return await Promise.all(this.mails.map(({ raw }) => simpleParser(raw)));
  }

  /** Resolves as soon as both servers have accepted this many messages each. */
  async took(count: number): Promise<void> {
    while (this.mails.length < count || this.posts.length < count)
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
