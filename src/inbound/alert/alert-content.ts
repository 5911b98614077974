import type { Connection } from "../../core/connection.ts";
import type { Alert } from "./alert.ts";
import type { Burst } from "./burst.ts";
import type { Digest } from "./digest.ts";

/** See {@link Alert}. */
interface Suppressed {
  readonly suppressedBefore: number;
  readonly suppressedNetwork?: string | undefined;
}

/** An alert without the origin of its peer: stored until the announce stage composes it. */
export type AlertContent =
  | ({ readonly kind: "connection"; readonly connection: Connection } & Suppressed)
  | { readonly kind: "summary"; readonly burst: Burst }
  | { readonly kind: "digest"; readonly digest: Digest };

/** Serialises it as JSON; {@link readAlertContent} reads it again. */
export function writeAlertContent(due: AlertContent): string {
  if (due.kind !== "connection") return JSON.stringify(due);
  const { payload, ...connection } = due.connection;
  return JSON.stringify({ ...due, connection: { ...connection, payload: Buffer.from(payload).toString("base64") } });
}

/** @returns `undefined` where `text` was not written by {@link writeAlertContent} */
export function readAlertContent(text: string): AlertContent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { kind, connection, burst, digest } = value;
  if (kind === "summary" && isRecord(burst)) return value as AlertContent;
  if (kind === "digest" && isRecord(digest)) return value as AlertContent;
  if (kind !== "connection" || !isRecord(connection) || typeof connection["payload"] !== "string") return undefined;
  const payload = new Uint8Array(Buffer.from(connection["payload"], "base64"));
  return { ...value, connection: { ...connection, payload } } as AlertContent;
}

/** The address whose origin the alert shows; none for a digest. */
export function addressOf(due: AlertContent) {
  if (due.kind === "connection") return due.connection.peer.address;
  return due.kind === "summary" ? due.burst.address : undefined;
}

/** Adds what is known about the peer. */
export function withPeer(
  due: AlertContent,
  peer: Pick<Extract<Alert, { kind: "summary" }>, "origin" | "devices">,
): Alert {
  return due.kind === "digest" ? due : { ...due, ...peer };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
