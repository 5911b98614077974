import { latin1 } from "../../../wire/reader.ts";
import { type Conversation, converse } from "../../probe/conversation.ts";
import { askHttp } from "../../probe/http-exchange.ts";
import { exposed, isProtected, type Judgement } from "./protocol-module.ts";

/** PROPFIND reads and changes nothing (RFC 4918, 9.1). What this client may do is a property (RFC 3744, 5.5). */
const request = {
  method: "PROPFIND",
  path: "/",
  headers: { Depth: "0", "Content-Type": "application/xml" },
  body: '<?xml version="1.0"?><propfind xmlns="DAV:"><prop><current-user-privilege-set/></prop></propfind>',
} as const;

const readBytes = 16 * 1024;

/** @returns `undefined` where nothing is proved: the answer may be from a proxy in front of it */
export async function judgeDav({ host, port, deadline, tls }: Conversation): Promise<Judgement | undefined> {
  const opened = await converse({ host, port }, deadline, { tls: tls !== undefined });
  if (opened.kind !== "open") return undefined;
  using conversation = opened.conversation;
  const received = await askHttp(conversation, request);
  if (received.kind !== "received") return undefined;
  const { status, body } = received.value;
  if (status === 401) return isProtected("requires authentication (PROPFIND)");
  if (status !== 207) return undefined;
  const privileges = new Set(
    [
      ...latin1(body, 0, Math.min(body.length, readBytes)).matchAll(/privilege>\s{0,80}<(?:\w{1,20}:)?([a-z-]{1,40})/g),
    ].map(([, name]) => name),
  );
  if (privileges.has("all") || privileges.has("write"))
    return exposed("lets any client read and write its collections");
  return privileges.has("read") ? exposed("lets any client read its collections") : undefined;
}
