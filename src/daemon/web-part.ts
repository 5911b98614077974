import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import { messageOf } from "../core/errors.ts";
import type { WebContext } from "../web/context.ts";
import { addRoutes } from "../web/routes.ts";
import type { WebSettings } from "../web/schema.ts";
import { WebServer } from "../web/server.ts";
import type { Replaceable, Replacement } from "./reload/replacement.ts";

/** The web server of the active configuration. A reload that changes its section closes it and opens the new one. */
export class WebPart implements Replaceable<Config>, AsyncDisposable {
  readonly #context: WebContext;
  #settings: WebSettings;
  #server: WebServer | undefined;

  constructor(settings: WebSettings, context: WebContext) {
    this.#settings = settings;
    this.#context = context;
  }

  /** A failure is only a warning: everything else works without pages. */
  async start(): Promise<void> {
    const { listen, basePath } = this.#settings;
    if (listen === undefined) return;
    const { log, clock } = this.#context;
    const server = new WebServer({
      settings: { ...this.#settings, listen },
      clock,
      log,
      routes: (app, access) => addRoutes(app, this.#context, { ...access, basePath }),
    });
    try {
      await server.start();
      this.#server = server;
    } catch (error) {
      log.warn("no pages and no API", { error: messageOf(error), remedy: "set web.listen to another port, or to off" });
    }
  }

  async prepare(config: Config): Promise<Replacement | undefined> {
    if (isDeepStrictEqual(config.web, this.#settings)) return undefined;
    return {
      commit: () => {
        this.#settings = config.web;
      },
      finish: async () => {
        await this[Symbol.asyncDispose]();
        await this.start();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = undefined;
  }
}
