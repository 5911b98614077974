/**
 * The web server of `harbinger run`: pages, API and metrics. This file puts its parts together and opens the port; `bounded-server.ts` limits what a
 * client can use up; `access/` decides who may do what; the routes come from `routes.ts`.
 */
import https from "node:https";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import swagger from "@fastify/swagger";
import fastify from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import * as z from "zod";
import { parseAddress } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import { type ErrorCode, HarbingerError, messageOf, systemCode } from "../core/errors.ts";
import { hostLiteral } from "../core/host-literal.ts";
import type { Log } from "../core/log.ts";
import { AddressSet } from "../core/network.ts";
import { Accounts, Logins } from "./access/accounts.ts";
import { CertificateFiles } from "./access/certificate-files.ts";
import type { CertificatePair } from "./access/certificate-pair.ts";
import { guard } from "./access/guard.ts";
import { takeTurns } from "./access/request-turns.ts";
import { ExportSlots } from "./api/export-slots.ts";
import { openApiOptions } from "./api/openapi.ts";
import type { WebApp } from "./app.ts";
import { BoundedServer, minTlsVersion, pemOf } from "./bounded-server.ts";
import { sendNoSuchPage, wantsPage } from "./pages/plain-page.ts";
import { problem } from "./problem.ts";
import { faultsOf, faultWords } from "./request-faults.ts";
import { isLoopback, type ListenAddress, type WebSettings } from "./schema.ts";

export interface WebServerOptions {
  readonly settings: WebSettings & { readonly listen: ListenAddress };
  readonly clock: Clock;
  readonly log: Log;
  /** Of the server that this one replaces. */
  readonly logins?: Logins | undefined;
  /** Adds the routes. */
  readonly routes: (app: WebApp, access: { readonly accounts: Accounts; readonly isSecure: boolean }) => void;
}

const maxBodyBytes = 64 * 1024;

export class WebServer implements AsyncDisposable {
  readonly #options: WebServerOptions;
  readonly #certificates: CertificateFiles | undefined;
  readonly #stopped = new AbortController();
  readonly #proxies: AddressSet;
  readonly #bounded: BoundedServer;
  #place: string | undefined;
  #app: WebApp | undefined;
  #following: Promise<void> = Promise.resolve();

  constructor(options: WebServerOptions) {
    const { settings, clock, log } = options;
    this.#options = options;
    this.#proxies = new AddressSet(settings.trustedProxies);
    // Proxies that are not in the configuration, and tunnels, come from loopback.
    this.#bounded = new BoundedServer((address) => this.#proxies.has(address) || isLoopback(address));
    this.#certificates =
      settings.tls === undefined ? undefined : new CertificateFiles({ files: settings.tls, clock, log });
  }

  /** @throws HarbingerError `address-in-use` or `permission` if the port cannot be opened, `config` if the certificate cannot be used */
  async start(): Promise<void> {
    const { settings, clock, log } = this.#options;
    const { address, port } = settings.listen;
    const pair = await this.#certificates?.read();
    const app = await this.#create(pair);
    try {
      await app.listen({ host: address, port });
    } catch (error) {
      await app.close();
      throw new HarbingerError(
        listenErrorOf(error),
        `cannot serve the pages on ${hostLiteral(address)}:${port}: ${messageOf(error)}`,
        {
          remedy: "Set web.listen to another port, or to off.",
          cause: error,
        },
      );
    }
    this.#app = app;
    if (pair !== undefined) this.#certificates?.use(pair);
    this.#following =
      this.#certificates?.follow((renewed) => this.#renew(renewed), this.#stopped.signal) ?? Promise.resolve();
    void this.#bounded.follow(port, clock, this.#stopped.signal);
    const scheme = pair === undefined ? "http" : "https";
    this.#place = `${scheme}://${hostLiteral(address)}:${port}${settings.basePath}/`;
    log.info("serving the pages", { at: this.#place });
  }

  /** Where it serves the pages, for a browser; `undefined` before it has started. */
  get place(): string | undefined {
    return this.#place;
  }

  /**
   * Reads the certificate and the key again.
   * @returns what makes the server use them; `undefined` if they are the same
   * @throws HarbingerError `config` if they cannot be used
   */
  async prepareRenewal(): Promise<(() => void) | undefined> {
    const pair = await this.#certificates?.readChanged();
    return pair === undefined ? undefined : () => this.#renew(pair);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    await this.#app?.close();
    await this.#following;
  }

  /** New connections use the new certificate, the others go on. */
  #renew(pair: CertificatePair): void {
    const server = this.#app?.server;
    if (!(server instanceof https.Server)) return;
    server.setSecureContext({ ...pemOf(pair), minVersion: minTlsVersion });
    this.#certificates?.use(pair);
  }

  async #create(pair: CertificatePair | undefined): Promise<WebApp> {
    const { settings, clock, log, routes } = this.#options;
    const isSecure = settings.tls !== undefined || settings.trustedProxies.length > 0;
    const app: WebApp = fastify({
      logger: false,
      bodyLimit: maxBodyBytes,
      forceCloseConnections: true,
      // A client that is gone has no address any more.
      trustProxy: (text: string | undefined) => {
        const peer = parseAddress(text ?? "");
        return peer !== undefined && this.#proxies.has(peer);
      },
      routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
      return503OnClosing: true,
      serverFactory: (handler) => this.#bounded.create(pair, handler),
      clientErrorHandler: (error, socket) => this.#bounded.answerUnreadable(error, socket),
      frameworkErrors: (error, _request, reply) => {
        const status = statusOf(error);
        void problem(reply, status < 500 ? status : 400, "bad-request", "The request cannot be read.");
      },
    }).withTypeProvider<ZodTypeProvider>();
    // A form of another site can send this type without asking; JSON it cannot.
    app.removeContentTypeParser("text/plain");
    readJson(app);
    app.setValidatorCompiler<z.ZodType>(({ schema }) => (value) => {
      const outcome = schema.safeParse(value, { error: faultWords });
      return outcome.success ? { value: outcome.data } : { error: outcome.error };
    });
    // The values come from the functions of present/, whose shapes the schemas describe; tests compare both.
    app.setSerializerCompiler(() => (value) => JSON.stringify(value));
    app.setErrorHandler(async (error, _request, reply) => {
      if (error instanceof z.ZodError) return await problem(reply, 400, "bad-request", faultsOf(error));
      if (error instanceof HarbingerError && error.code === "usage")
        return await problem(reply, 400, "bad-request", error.message);
      const status = statusOf(error);
      if (status < 500) return await problem(reply, status, "bad-request", bodyFault(error) ?? messageOf(error));
      log.error("a request failed", { error: messageOf(error) });
      if (isOfStore(error)) {
        void reply.header("Retry-After", "10");
        return await problem(reply, 503, "database", databaseFailed);
      }
      return await problem(reply, 500, "internal", "The request failed; the log has the reason.");
    });
    const accounts = new Accounts({ settings, log, logins: this.#options.logins ?? new Logins(clock) });
    app.decorate("exportSlots", new ExportSlots());
    app.decorate("searchFlags", new Map());
    await app.register(cookie);
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", "data:"],
          fontSrc: ["'self'"],
          connectSrc: ["'self'"],
          manifestSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
        },
      },
      xFrameOptions: { action: "deny" },
      referrerPolicy: { policy: "no-referrer" },
      // Set by whoever terminates TLS for the host: it concerns all its ports.
      strictTransportSecurity: false,
    });
    await app.register(swagger, openApiOptions(settings.basePath));
    guard(app, { accounts, hosts: settings.hosts, isSecure, basePath: settings.basePath });
    takeTurns(app, clock);
    app.setNotFoundHandler({}, async (request, reply) => {
      void reply.header("Vary", "Accept");
      if (wantsPage(request)) return await sendNoSuchPage(reply, settings.basePath);
      return await problem(reply, 404, "not-found", "There is nothing at this address.");
    });
    await app.register(
      (inside, _options, done) => {
        try {
          routes(inside.withTypeProvider<ZodTypeProvider>(), { accounts, isSecure });
          done();
        } catch (error) {
          // Thrown here, it would end the process instead of the start.
          done(error instanceof Error ? error : new Error(messageOf(error)));
        }
      },
      { prefix: settings.basePath },
    );
    return app;
  }
}

const databaseFailed =
  "The database does not answer, or it failed. Try again later; the log has the reason, and Settings shows the health of the database.";

function isOfStore(error: unknown): boolean {
  return error instanceof HarbingerError && (error.code === "store" || error.code.startsWith("store-"));
}

/** JSON as the framework reads it. Many clients name the type of a body that is empty. */
function readJson(app: WebApp): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, String(body), done);
  });
}

/** What is wrong with a body, instead of the words of the framework, which name its own settings. */
function bodyFault(error: unknown): string | undefined {
  switch (systemCode(error)) {
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return "Send the body as JSON, with Content-Type: application/json.";
    case "FST_ERR_CTP_INVALID_JSON_BODY":
      return "The body is not JSON, is compressed, or has a key that is not allowed: __proto__ or constructor.";
    default:
      return undefined;
  }
}

function statusOf(error: unknown): number {
  const status: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "statusCode") : undefined;
  return typeof status === "number" && status >= 400 && status <= 599 ? status : 500;
}

function listenErrorOf(error: unknown): ErrorCode {
  const code = systemCode(error);
  if (code === "EADDRINUSE") return "address-in-use";
  return code === "EACCES" ? "permission" : "config";
}
