import type { Connection } from "../../core/connection.ts";
import type { Identification } from "../../core/identification.ts";
import { protocolFacts } from "../../core/protocol-facts.ts";
import { protocolTitle } from "../../core/protocol-title.ts";
import { safeText } from "../../core/safe-text.ts";

/** Titles are read on phones. */
const maxCharacters = 60;

/** Names of facts that describe a request; the first one present is shown. */
const actions = [
  "command",
  "operation",
  "method",
  "request",
  "procedure",
  "function",
  "api",
  "message",
  "packet",
  "opcode",
];
const objects = [
  "arguments",
  "key",
  "database",
  "name",
  "url",
  "path",
  "service",
  "module",
  "subject",
  "destinationHost",
];
const users = ["user", "userId", "username", "nickname"];

/**
 * The most informative fact about a connection, in a few words: `GET /admin`, `SSH-2.0-Go`, `TLS SNI shop.example`,
 * `RDP user administr`, `Redis CONFIG GET dir`, else the protocol; with the scanner where one is known. One safe line.
 */
export function connectionSummary({ identification, bytes, end }: Connection): string {
  if (end === "over-limit" && bytes === 0) return "rejected: too many connections";
  const { scanner } = identification;
  const summary = short(firstWords(identification, bytes));
  return scanner === undefined ? summary : `${summary}, ${short(scanner)}`;
}

function firstWords(identification: Identification, bytes: number): string {
  const { protocol, http, tls, ssh, rdp, summary } = identification;
  if (http !== undefined) return `${http.method} ${http.path}`;
  if (ssh !== undefined) return ssh.ident;
  if (tls !== undefined) return tls.sni === undefined ? "TLS" : `TLS SNI ${tls.sni}`;
  if (rdp?.cookie !== undefined) return `RDP user ${rdp.cookie}`;
  if (summary?.kind === "text") return `"${short(summary.preview, maxCharacters - 2)}"`;
  if (protocol === "unknown") return `unknown protocol, ${bytes === 1 ? "1 byte" : `${bytes} bytes`}`;
  const facts = new Map(protocolFacts(identification));
  const given = facts.get("arguments");
  if (given !== undefined) facts.set("arguments", given.replaceAll(",", " "));
  const first = (names: readonly string[]) => names.map((name) => facts.get(name)).find((fact) => fact !== undefined);
  const user = first(users);
  const parts = user === undefined ? [first(actions), first(objects)] : [`user ${user}`];
  return [protocolTitle(protocol), ...parts].filter((part) => part !== undefined && part !== "").join(" ");
}

function short(text: string, limit = maxCharacters): string {
  const line = safeText(text, { limit: limit * 2 }).trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 3).replace(/[\ud800-\udbff]$/, "")}...`;
}
