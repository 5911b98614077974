import { writeFileSync } from "node:fs";
import path from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import { type RunningCli, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { buildPages, openPage, startBrowser, type WatchedPage } from "./browser.ts";

/** A program with a folder of its own that serves its pages, and a browser for them. */
export class ServedPages implements AsyncDisposable {
  readonly port: number;
  readonly #folder = temporaryFolder();
  readonly #browser: Awaited<ReturnType<typeof startBrowser>>;
  #program: RunningCli | undefined;

  private constructor(port: number, browser: Awaited<ReturnType<typeof startBrowser>>) {
    this.port = port;
    this.#browser = browser;
  }

  /** Nothing runs yet, so that a test can fill the database. */
  static async create(): Promise<ServedPages> {
    await buildPages();
    return new ServedPages(await freePort(), await startBrowser());
  }

  get base(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Of the program. */
  get directory(): string {
    return this.#folder.path;
  }

  get database(): string {
    return path.join(this.directory, "harbinger.db");
  }

  configure(config: object): void {
    writeFileSync(path.join(this.directory, "harbinger.yaml"), JSON.stringify(config));
  }

  async start(): Promise<void> {
    this.#program = startHarbinger(["run"], {
      directory: this.directory,
      environment: { HARBINGER_WEB_LISTEN: `127.0.0.1:${this.port}` },
    });
    await this.#program.waitForOutput("serving the pages");
  }

  async stop(): Promise<void> {
    this.#program?.process.kill("SIGTERM");
    await this.#program?.ended;
  }

  async open(settings: BrowserContextOptions = {}): Promise<WatchedPage> {
    return await openPage(this.#browser, this.base, settings);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.stop();
    this.#folder[Symbol.dispose]();
  }
}
