import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Right } from "./access/right.ts";
import type { Account } from "./access/sessions.ts";
import type { ExportSlots } from "./api/export-slots.ts";
import type { Flags } from "./api/search-terms.ts";
import type { ChangedList } from "./events/event-text.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the route demands. A route without it is a bug, and the server does not start. */
    right?: Right;
    /** Whether its requests need not wait for others: it reads little, or has a limit of its own. */
    noTurn?: boolean;
    /** The list whose rows its requests change, where the feed of the store does not tell it: each success is an event `change`. */
    changes?: ChangedList;
  }
  interface FastifyInstance {
    /** Shared by all lists of the server. */
    exportSlots: ExportSlots;
    /** Of all lists of the server. */
    searchFlags: Flags;
  }
  interface FastifyRequest {
    /** Whose request it is; everybody's is an operator's where no users or tokens are configured. */
    account: Account | undefined;
    /** Resolves when the login of the request has ended, or when `signal` is aborted. For answers that take longer than a moment. */
    whenAccessEnds: (signal: AbortSignal) => Promise<void>;
  }
}

/** The web server with the types of its zod schemas. */
export type WebApp = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;
