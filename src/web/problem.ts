import type { FastifyReply } from "fastify";
import { safeText } from "../core/safe-text.ts";

/** The body of every answer with an error status. */
export interface Problem {
  /** For programs: stays the same in later versions. */
  readonly error: string;
  /** For people. */
  readonly message: string;
}

/** A message may name what the client sent, such as an unknown key, but does not repeat all of it. */
const maxMessageLength = 500;

/** Sends an error. */
export async function problem(
  reply: FastifyReply,
  status: number,
  error: string,
  message: string,
): Promise<FastifyReply> {
  return await reply
    .code(status)
    .header("Cache-Control", "no-store")
    .send({ error, message: safeText(message, { limit: maxMessageLength }) } satisfies Problem);
}
