import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import { messageOf, remedyOf } from "../core/errors.ts";
import { Logins } from "../web/access/accounts.ts";
import type { WebContext } from "../web/context.ts";
import { addRoutes } from "../web/routes.ts";
import type { ListenAddress, WebSettings } from "../web/schema.ts";
import { WebServer } from "../web/server.ts";
import type { Replaceable, Replacement } from "./reload/replacement.ts";

/**
 * The web server of the active configuration. A reload that changes its section opens a new one, then closes the old one; if the new one
 * cannot be opened, the reload fails and the old one remains. Logins survive it.
 */
export class WebPart implements Replaceable<Config>, AsyncDisposable {
  readonly #context: WebContext;
  readonly #logins: Logins;
  #settings: WebSettings;
  #server: WebServer | undefined;
  #isStopped = false;

  constructor(settings: WebSettings, context: WebContext) {
    this.#settings = settings;
    this.#context = context;
    this.#logins = new Logins(context.clock);
  }

  /** A failure is only a warning: everything else works without pages. */
  async start(): Promise<void> {
    if (this.#isStopped) return;
    try {
      this.#server = await this.#open(this.#settings);
    } catch (error) {
      this.#context.log.warn("no pages and no API", { error: messageOf(error), remedy: remedyOf(error) });
    }
  }

  /** Where the pages are, for a browser; `undefined` if there are none. */
  get place(): string | undefined {
    return this.#server?.place;
  }

  async prepare({ web }: Config): Promise<Replacement | undefined> {
    if (isDeepStrictEqual(web, this.#settings)) return await this.#prepareUnchanged();
    const replaced = this.#server;
    const isFirstClosed = replaced !== undefined && cannotCoexist(this.#settings.listen, web.listen);
    const restore = async () => {
      if (isFirstClosed) await this.start();
    };
    if (isFirstClosed) await this.#close();
    let server: WebServer | undefined;
    try {
      server = await this.#open(web);
    } catch (error) {
      await restore();
      throw error;
    }
    return {
      commit: () => {
        this.#settings = web;
        this.#server = server;
        // Not only while they are away: a user who comes back with the same password logs in again.
        this.#logins.sessions.keepOnly(web.users);
      },
      finish: async () => {
        if (this.#isStopped) await server?.[Symbol.asyncDispose]();
        await replaced?.[Symbol.asyncDispose]();
      },
      abandon: async () => {
        await server?.[Symbol.asyncDispose]();
        await restore();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    await this.#close();
  }

  /** The files of the certificate may have changed, and a port that was in use may be free. */
  async #prepareUnchanged(): Promise<Replacement | undefined> {
    if (this.#server === undefined) await this.start();
    const renew = await this.#server?.prepareRenewal();
    return renew === undefined ? undefined : { commit: renew };
  }

  async #open(settings: WebSettings): Promise<WebServer | undefined> {
    const { listen, basePath } = settings;
    if (listen === undefined) return undefined;
    const { log, clock } = this.#context;
    const server = new WebServer({
      settings: { ...settings, listen },
      clock,
      log,
      logins: this.#logins,
      routes: (app, access) => addRoutes(app, this.#context, { ...access, basePath }),
    });
    await server.start();
    return server;
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.[Symbol.asyncDispose]();
  }
}

/** Whether the system refuses the one while the other is open: the same port of the same address, or of all addresses. */
function cannotCoexist(one: ListenAddress | undefined, other: ListenAddress | undefined): boolean {
  if (one === undefined || other === undefined || one.port !== other.port) return false;
  return (
    one.address === other.address || [one.address, other.address].some((each) => each === "0.0.0.0" || each === "::")
  );
}
