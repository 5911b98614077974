import { addressToBigInt, familyOf, parseAddress } from "../../../core/address.ts";
import { AddressSet, localRanges } from "../../../core/network.ts";
import { parseSocks4Reply, socks4Connect } from "../../../wire/socks4/server.ts";
import { parseSocks5Reply, socks5Connect } from "../../../wire/socks5/server.ts";
import { type Conversation, converse } from "../../probe/conversation.ts";
import { askHttp } from "../../probe/http-exchange.ts";
import { requiredLogin } from "../web/required-login.ts";
import { SeenAnswer } from "../web/seen-answer.ts";
import { openOwnListener } from "./own-listener.ts";
import { exposed, inconclusive, isProtected, type Judgement } from "./protocol-module.ts";

/** For a proxy that has answered already, or could not connect. */
const shortWaitMs = 500;
const tunnelWaitMs = 2500;

/** Many open proxies refuse to relay to these, to protect their own network. */
const privateAddresses = new AddressSet(localRanges);

/** The outcome of requesting a page of this machine through a proxy: `relays` where the proxy fetched it. */
export type RelayOutcome =
  | { readonly kind: "relays"; readonly by: "GET" | "CONNECT" }
  /** `isPrivate`: the page was at a private address. */
  | { readonly kind: "answers"; readonly seen: SeenAnswer; readonly isPrivate: boolean }
  | { readonly kind: "unasked" };

/** Requests a page of this machine, and of no other host, by GET (RFC 9112, 3.2.2), and if that fails by CONNECT (RFC 9110, 9.3.6). */
export async function askToRelay(conversation: Conversation): Promise<RelayOutcome> {
  await using listener = await openOwnListener(conversation.localAddress);
  if (listener === undefined) return { kind: "unasked" };
  const { authority, word } = listener;
  const isPrivate = isPrivateAddress(listener.address);
  const received = await askHttp(conversation, { path: `http://${authority}/${word}`, headers: { Host: authority } });
  if (await listener.reached(shortWaitMs)) return { kind: "relays", by: "GET" };
  if (received.kind !== "received") return { kind: "unasked" };
  const seen = new SeenAnswer(received.value, conversation.certificateNames);
  if (![400, 405, 501].includes(seen.answer.status)) return { kind: "answers", seen, isPrivate };
  const { host, port, deadline, tls } = conversation;
  const opened = await converse({ host, port }, deadline, { tls: tls !== undefined });
  if (opened.kind !== "open") return { kind: "answers", seen, isPrivate };
  using tunnel = opened.conversation;
  tunnel.send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const { bytes } = await tunnel.collect((received) => Buffer.from(received).includes("\r\n\r\n"), tunnelWaitMs);
  if (!/^HTTP\/1\.[01] 2\d\d/.test(bytes.subarray(0, 12).toString("latin1")))
    return { kind: "answers", seen, isPrivate };
  tunnel.send(`GET /${word} HTTP/1.0\r\n\r\n`);
  return (await listener.reached(tunnelWaitMs))
    ? { kind: "relays", by: "CONNECT" }
    : { kind: "answers", seen, isPrivate };
}

/**
 * The outcome of asking a SOCKS proxy to connect to this machine: it did (`relays`), it confirmed although nothing arrived
 * (`unreached`), it refused, or there was no request or no answer (`unasked`).
 */
export type SocksOutcome =
  | { readonly kind: "relays" | "unreached" | "unasked" }
  /** `isPrivate`: the address of this machine is private. */
  | { readonly kind: "refuses"; readonly code: number; readonly refusal: SocksRefusal; readonly isPrivate: boolean };

/**
 * `rule`: a rule of the proxy (RFC 1928, 6). `client`: identd does not confirm this client (SOCKS 4, replies 92 and 93). `other`:
 * the proxy could not connect, or the reason is unknown.
 */
type SocksRefusal = "rule" | "client" | "other";

/** @param conversation with a proxy that accepted this client without authentication */
export async function askSocks5ToRelay(conversation: Conversation): Promise<SocksOutcome> {
  return await askSocksToRelay(conversation, async (address, port) => {
    const reply = await conversation.ask(socks5Connect(address, port), parseSocks5Reply, (value) => value.bytes);
    if (reply.kind !== "received") return undefined;
    const { code } = reply.value;
    return { isConnected: code === 0, code, refusal: code === 2 ? "rule" : "other" };
  });
}

/** SOCKS 4 has neither a greeting nor passwords: the request is sent first. */
export async function askSocks4ToRelay(conversation: Conversation): Promise<SocksOutcome> {
  return await askSocksToRelay(conversation, async (address, port) => {
    if (address.length !== 4) return undefined;
    const reply = await conversation.ask(socks4Connect(address, port), parseSocks4Reply, (value) => value.bytes);
    if (reply.kind !== "received") return undefined;
    const { code } = reply.value;
    return { isConnected: code === 90, code, refusal: code === 92 || code === 93 ? "client" : "other" };
  });
}

async function askSocksToRelay(
  conversation: Conversation,
  connect: (
    address: Uint8Array,
    port: number,
  ) => Promise<{ readonly isConnected: boolean; readonly code: number; readonly refusal: SocksRefusal } | undefined>,
): Promise<SocksOutcome> {
  await using listener = await openOwnListener(conversation.localAddress);
  const address = listener === undefined ? undefined : addressBytes(listener.address);
  if (listener === undefined || address === undefined) return { kind: "unasked" };
  const reply = await connect(address, listener.port);
  if (reply === undefined) return { kind: "unasked" };
  const { isConnected, code, refusal } = reply;
  if (!isConnected) return { kind: "refuses", code, refusal, isPrivate: isPrivateAddress(listener.address) };
  conversation.send(`GET /${listener.word} HTTP/1.0\r\n\r\n`);
  return { kind: (await listener.reached(tunnelWaitMs)) ? "relays" : "unreached" };
}

export function judgementOfSocks(version: 4 | 5, outcome: SocksOutcome): Judgement {
  const way = `SOCKS ${version} to this machine`;
  if (outcome.kind === "relays") return exposed(`relays without authentication (${way})`);
  if (outcome.kind !== "refuses")
    return inconclusive(`accepts clients without authentication; it did not relay (${way})`);
  const { code, refusal, isPrivate } = outcome;
  const how = `${way}, reply ${code}`;
  if (refusal === "other") return inconclusive(`accepts clients without authentication; it did not relay (${how})`);
  return isPrivate && refusal === "rule" ? refusesPrivate(how) : isProtected(`refuses to relay (${how})`);
}

/** Whether a proxy relays for any client. Proven only where it fetched the page of this machine. */
export function judgementOfRelay(outcome: RelayOutcome): Judgement {
  if (outcome.kind === "relays") return exposed(`relays without authentication (${outcome.by} to this machine)`);
  if (outcome.kind === "unasked") return inconclusive("a proxy; it could not be asked to relay to this machine");
  const { status } = outcome.seen.answer;
  if (status === 407 || status === 401) {
    return requiredLogin(outcome.seen) ?? isProtected(`requires authentication (${status})`);
  }
  if (status !== 403) return inconclusive(`a proxy; it did not relay to this machine (${status})`);
  return outcome.isPrivate ? refusesPrivate("403") : isProtected("refuses to relay (403)");
}

/** The proxy may still relay to public addresses. */
function refusesPrivate(how: string): Judgement {
  return inconclusive(`refuses to relay to a private address (${how}); whether it relays elsewhere was not tried`);
}

function isPrivateAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && privateAddresses.has(address);
}

function addressBytes(text: string): Uint8Array | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const digits = addressToBigInt(address).toString(16);
  return Buffer.from(digits.padStart(familyOf(address) === 4 ? 8 : 32, "0"), "hex");
}
