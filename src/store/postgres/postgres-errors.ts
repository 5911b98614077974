import { HarbingerError, messageOf, systemCode } from "../../core/errors.ts";

/** The lock was lost with its connection, or writes now go to another server. */
export class LockLost extends Error {
  readonly pid: number;

  /** @param pid the server's process that was to have it */
  constructor(pid: number) {
    super("the database lock was lost");
    this.pid = pid;
  }
}

const retried = "The next call retries.";

/** Translates `error` for the user of the database at `location`, which contains no password. */
export function fromPostgres(error: unknown, location: string): HarbingerError {
  if (error instanceof HarbingerError) return error;
  if (error instanceof LockLost) return new HarbingerError("store", error.message, { remedy: retried });
  // SQLSTATE (PostgreSQL manual, appendix A) or the system's own code.
  const code = systemCode(firstOf(error)) ?? "";
  const said = messageOf(error);
  const fail = (kind: "store" | "store-busy" | "store-full" | "permission", message: string, remedy: string) =>
    new HarbingerError(kind, message, { remedy, cause: error });
  switch (code) {
    case "28P01":
    case "28000":
      return fail(
        "store",
        `the database ${location} rejected the login: ${said}`,
        "Check user and password in `store:`.",
      );
    case "08P01":
      return fail(
        "store",
        `the database ${location} refused the connection: ${said}`,
        "Is there a pooler such as PgBouncer before the server? Give the address of the server itself: the lock of the database needs a session of its own.",
      );
    case "3D000":
      return fail("store", `there is no such database: ${location}`, "Create it: createdb NAME.");
    case "53100":
      return fail(
        "store-full",
        `no space left for the database ${location}`,
        "Free some space on the database server.",
      );
    case "53300":
      return fail(
        "store-busy",
        `the database ${location} has no connection left`,
        "Raise max_connections on the server.",
      );
    case "55P03":
    case "40P01":
    case "57014":
      return fail("store-busy", `another program has locked the database ${location}`, retried);
    case "42501":
    case "25006":
      return fail(
        "permission",
        `the database ${location} denied permission: ${said}`,
        "The user needs to own the schema: GRANT ALL ON SCHEMA public TO ...",
      );
  }
  if (isUnreachable(code, said)) {
    return fail("store", `cannot reach the database ${location}: ${said}`, `Is PostgreSQL running there? ${retried}`);
  }
  return new HarbingerError("store", `the database ${location} failed: ${said}`, { cause: error });
}

/**
 * Whether `error` is temporary, so that the same call may be retried: the server restarts (57P01, 57P02, 57P03), has
 * no connection (53300) or no memory left, is a standby that becomes the primary (25006), ended a transaction that
 * considered idle (25P03), resolved a deadlock or timed out waiting for a lock, or a connection failed.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof LockLost) return true;
  if (error instanceof HarbingerError) return false;
  const code = systemCode(firstOf(error)) ?? "";
  return /^(?:53(?!100)...|25006|25P03|40P01|40001|55P03)$/.test(code) || isUnreachable(code, messageOf(error));
}

/** Whether the server itself reported the error: then it is reachable. */
export function hasServerCode(error: unknown): boolean {
  // All codes of the system that have five letters begin with E; no class of SQLSTATE does.
  return /^(?!E)[0-9A-Z]{5}$/.test(systemCode(error) ?? "");
}

function isUnreachable(code: string, said: string): boolean {
  return (
    /^(?:E[A-Z_]+|08...|57P0[1235])$/.test(code) ||
    /connection (?:terminated|timeout)|timeout exceeded|has encountered a connection error|query read timeout|client was closed/i.test(
      said,
    )
  );
}

/** Where a host name has several addresses, each has failed in its own way. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError ? (error.errors[0] ?? error) : error;
}
