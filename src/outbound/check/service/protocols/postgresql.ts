import {
  type PostgresqlAnswer,
  parsePostgresqlAnswer,
  parsePostgresqlSslAnswer,
  parsePostgresqlVersion,
  postgresqlSslRequest,
  postgresqlStartup,
  postgresqlTerminate,
} from "../../../../wire/postgresql/server.ts";
import { type Conversation, converse } from "../../../probe/conversation.ts";
import { exposed, inconclusive, isProtected, type Judgement, type ProtocolModule } from "../protocol-module.ts";

/** `AuthenticationOk` is tag, length and a zero. */
const authenticationOkBytes = 9;

/**
 * SSLRequest recognises the server by one byte. A StartupMessage then names the usual superuser, without any password:
 * the server accepts it (`trust`), requires authentication, or has no rule for this client.
 */
export const postgresql: ProtocolModule = {
  name: "postgresql",
  title: "PostgreSQL",
  ports: [5432],
  proves: "exposed",
  async recognise(conversation) {
    const ssl = await conversation.ask(postgresqlSslRequest, parsePostgresqlSslAnswer);
    if (ssl.kind !== "received") return undefined;
    const evidence = `SSLRequest answered with ${ssl.value}`;
    if (ssl.value === "S") {
      const failure = await conversation.startTls();
      // One byte is little proof: TLS or a PostgreSQL message has to follow.
      if (failure !== undefined) return undefined;
    }
    const tls = conversation.tls;
    const startup = await conversation.ask(
      postgresqlStartup("postgres", "postgres"),
      parsePostgresqlAnswer,
      (answer) => (answer.kind === "authenticated" ? authenticationOkBytes : Number.POSITIVE_INFINITY),
    );
    if (startup.kind !== "received" && tls === undefined) return undefined;
    const version =
      startup.kind === "received" && startup.value.kind === "authenticated" ? await versionOf(conversation) : "";
    const isPool = startup.kind === "received" && (await isPgBouncer(conversation, ssl.value === "S"));
    return {
      protocol: "postgresql",
      product: isPool ? "PgBouncer" : "PostgreSQL",
      // A pool reports the version of the server behind it.
      version: version === "" || isPool ? undefined : version,
      evidence: startup.kind === "received" ? `${evidence}; ${answerText(startup.value)}` : evidence,
      details: { offersTls: ssl.value === "S", serverVersion: isPool && version !== "" ? version : undefined },
      judge: () =>
        startup.kind === "received" ? judgementOf(startup.value) : inconclusive("did not answer a StartupMessage"),
    };
  },
};

/**
 * PostgreSQL accepts a parameter with a dot in its name as one of an extension, and PgBouncer first of all refuses unknown
 * parameters (https://www.pgbouncer.org/config.html#ignore_startup_parameters).
 */
async function isPgBouncer({ host, port, deadline }: Conversation, tls: boolean): Promise<boolean> {
  if (deadline.isOver) return false;
  const opened = await converse({ host, port }, deadline, { tls, startTls: tls ? "postgres" : undefined });
  if (opened.kind !== "open") return false;
  using conversation = opened.conversation;
  const request = postgresqlStartup("postgres", "postgres", "harbinger.probe");
  const answer = await conversation.ask(request, parsePostgresqlAnswer);
  if (answer.kind !== "received" || answer.value.kind !== "error") return false;
  return answer.value.code === "08P01" && answer.value.text.startsWith("unsupported startup parameter");
}

async function versionOf(conversation: Conversation): Promise<string> {
  const answer = await conversation.receive(parsePostgresqlVersion);
  conversation.send(postgresqlTerminate);
  return answer.kind === "received" ? (/^\d+(?:\.\d+)*/.exec(answer.value)?.[0] ?? answer.value) : "";
}

function answerText(answer: PostgresqlAnswer): string {
  switch (answer.kind) {
    case "authenticated":
      return "AuthenticationOk";
    case "asks":
      return `Authentication ${answer.method}`;
    case "error":
      return `ErrorResponse ${answer.code} ${answer.text}`;
  }
}

function judgementOf(answer: PostgresqlAnswer): Judgement {
  switch (answer.kind) {
    case "authenticated":
      // The server looks up role and database afterwards; whether they exist does not matter.
      return exposed("accepts the user postgres without a password");
    case "asks":
      return isProtected(`requires authentication: ${answer.method}`);
    case "error":
      // Class 28 is an invalid authorization: no rule lets this client in.
      return answer.code.startsWith("28")
        ? isProtected("refuses this client")
        : inconclusive(`answers with error ${answer.code}`);
  }
}
