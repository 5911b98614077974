import type { FastifyReply } from "fastify";

/** The body of every answer with an error status. */
export interface Problem {
  /** For programs: stays the same in later versions. */
  readonly error: string;
  /** For people. */
  readonly message: string;
}

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
    .send({ error, message } satisfies Problem);
}
