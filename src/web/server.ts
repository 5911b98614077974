/**
 * The web server of `harbinger run`: pages, API and metrics. This file limits what a client can use up and opens the port; `access/` decides who
 * may do what; the routes come from `routes.ts`.
 */
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import fastify from "fastify";
import {
  hasZodFastifySchemaValidationErrors,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import * as z from "zod";
import { hostLiteral, parseAddress } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import { type ErrorCode, HarbingerError, messageOf, systemCode } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { AddressSet } from "../core/network.ts";
import { Accounts } from "./access/accounts.ts";
import { guard } from "./access/guard.ts";
import type { WebApp } from "./app.ts";
import { problem } from "./problem.ts";
import type { ListenAddress, WebSettings } from "./schema.ts";

export interface WebServerOptions {
  readonly settings: WebSettings & { readonly listen: ListenAddress };
  readonly clock: Clock;
  readonly log: Log;
  /** Adds the routes. */
  readonly routes: (app: WebApp, access: { readonly accounts: Accounts; readonly isSecure: boolean }) => void;
}

/** Connections at once: pages that are open, each with an event stream, and some scripts. */
const maxConnections = 512;
const maxBodyBytes = 64 * 1024;
/** A client that sends its headers slower than this is disconnected. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
const keepAliveMs = 10_000;
const maxUrlLength = 8192;

export class WebServer implements AsyncDisposable {
  readonly #options: WebServerOptions;
  #app: WebApp | undefined;

  constructor(options: WebServerOptions) {
    this.#options = options;
  }

  /** @throws HarbingerError `address-in-use` or `permission` if the port cannot be opened */
  async start(): Promise<void> {
    const { settings, log } = this.#options;
    const { address, port } = settings.listen;
    const app = await this.#create();
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
    log.info("serving the pages", { at: `http://${hostLiteral(address)}:${port}${settings.basePath}/` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#app?.close();
  }

  async #create(): Promise<WebApp> {
    const { settings, clock, log, routes } = this.#options;
    const proxies = new AddressSet(settings.trustedProxies);
    const isSecure = settings.tls !== undefined || settings.trustedProxies.length > 0;
    const app: WebApp = fastify({
      logger: false,
      bodyLimit: maxBodyBytes,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveMs,
      connectionTimeout: 0,
      forceCloseConnections: true,
      trustProxy: (text) => {
        const peer = parseAddress(text.replace(/^::ffff:/i, ""));
        return peer !== undefined && proxies.has(peer);
      },
      routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
      http: { headersTimeout: headersTimeoutMs, maxHeaderSize: 2 * maxUrlLength },
      return503OnClosing: true,
    }).withTypeProvider<ZodTypeProvider>();
    app.server.maxConnections = maxConnections;
    app.setValidatorCompiler(validatorCompiler);
    // The values come from the functions of present/, whose shapes the schemas describe; tests compare both.
    app.setSerializerCompiler(() => (value) => JSON.stringify(value));
    app.setErrorHandler(async (error, _request, reply) => {
      if (hasZodFastifySchemaValidationErrors(error)) return await problem(reply, 400, "bad-request", wordsOf(error));
      if (error instanceof z.ZodError) return await problem(reply, 400, "bad-request", wordsOfIssues(error.issues));
      if (error instanceof HarbingerError && error.code === "usage")
        return await problem(reply, 400, "bad-request", error.message);
      const status = statusOf(error);
      if (status < 500) return await problem(reply, status, "bad-request", messageOf(error));
      log.error("a request failed", { error: messageOf(error) });
      return await problem(reply, 500, "internal", "The request failed; the log has the reason.");
    });
    const accounts = new Accounts({ settings, clock, log });
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
      referrerPolicy: { policy: "no-referrer" },
      // Set by whoever terminates TLS for the host: it concerns all its ports.
      strictTransportSecurity: false,
    });
    guard(app, { accounts, hosts: settings.hosts, isSecure, basePath: settings.basePath });
    app.setNotFoundHandler(
      {},
      async (_request, reply) => await problem(reply, 404, "not-found", "There is nothing at this address."),
    );
    await app.register(
      (inside, _options, done) => {
        routes(inside.withTypeProvider<ZodTypeProvider>(), { accounts, isSecure });
        done();
      },
      { prefix: settings.basePath },
    );
    return app;
  }
}

/** `query "limit": expected number` for each wrong part. */
function wordsOf(error: {
  readonly validation: readonly { readonly instancePath: string; readonly message?: string }[];
}): string {
  return error.validation
    .map(({ instancePath, message = "wrong" }) => `${instancePath.slice(1) || "request"}: ${message}`)
    .join("; ");
}

function wordsOfIssues(issues: readonly z.core.$ZodIssue[]): string {
  return issues.map(({ path, message }) => `${path.join(".") || "request"}: ${message}`).join("; ");
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
