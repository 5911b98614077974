import { HarbingerError, messageOf, systemCode } from "../../core/errors.ts";

const retried = "It is tried again with the next call.";

/** What `error` means for whoever uses the database at `location`, which carries no password. */
export function fromPostgres(error: unknown, location: string): HarbingerError {
  if (error instanceof HarbingerError) return error;
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
        `the database ${location} refuses the login: ${said}`,
        "Check user and password in `store:`.",
      );
    case "3D000":
      return fail("store", `there is no such database: ${location}`, "Create it: createdb NAME.");
    case "53100":
      return fail("store-full", `no space left for the database ${location}`, "Make room on the database server.");
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
        `the database ${location} does not permit it: ${said}`,
        "The user needs to own the schema: GRANT ALL ON SCHEMA public TO ...",
      );
  }
  const isUnreachable =
    /^(?:E[A-Z]+|08...|57P0[123])$/.test(code) || /connection (?:terminated|timeout)|timeout exceeded/i.test(said);
  if (isUnreachable) {
    return fail("store", `cannot reach the database ${location}: ${said}`, `Is PostgreSQL running there? ${retried}`);
  }
  return new HarbingerError("store", `the database ${location} failed: ${said}`, { cause: error });
}

/** Where a host name has several addresses, each has failed in its own way. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError ? (error.errors[0] ?? error) : error;
}
