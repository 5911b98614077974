import type { ProtocolName } from "../../core/identification.ts";
import { parse as parseGreeting } from "../../wire/server/parse.ts";

/** Ports whose clients say what clients of another protocol say too, or what proves nothing elsewhere. IANA, service names and port numbers. */
const ports: Readonly<Record<number, ProtocolName>> = {
  43: "whois",
  70: "gopher",
  79: "finger",
  512: "rexec",
  21: "ftp",
  990: "ftp",
  2121: "ftp",
  24: "smtp",
  25: "smtp",
  465: "smtp",
  587: "smtp",
  2525: "smtp",
  110: "pop3",
  995: "pop3",
  143: "imap",
  993: "imap",
  194: "irc",
  6667: "irc",
  6697: "irc",
  2181: "zookeeper",
  4222: "nats",
  6379: "redis",
  6380: "redis",
  16379: "redis",
  26379: "redis",
  11211: "memcached",
};

/** What the clients of a port speak by custom, where the bytes alone may leave it open. */
export function protocolOfPort(port: number): ProtocolName | undefined {
  return ports[port];
}

/** Names of {@link parseGreeting} that are other words for a protocol of clients. */
const sameProtocol: ReadonlyMap<string, ProtocolName> = new Map<string, ProtocolName>([
  ...(["ftp", "imap", "mysql", "nats", "pop3", "rsync", "smtp", "ssh", "telnet", "vnc"] as const).map(
    (name): [string, ProtocolName] => [name, name],
  ),
  ["mariadb", "mysql"],
]);

/** What a client must speak that takes the listener's banner for what it says. */
export function protocolOfBanner(banner: Uint8Array): ProtocolName | undefined {
  const greeting = parseGreeting(banner);
  const known = greeting.kind === "match" ? sameProtocol.get(greeting.value.protocol) : undefined;
  return known ?? ofLine(Buffer.from(banner.subarray(0, 512)).toString("latin1"));
}

function ofLine(text: string): ProtocolName | undefined {
  if (/^:\S+ (?:NOTICE|\d{3}) /.test(text)) return "irc";
  if (/^-(?:DENIED|ERR|NOAUTH|MISCONF|LOADING) /.test(text)) return "redis";
  if (text.startsWith("HTTP/")) return "http";
  return undefined;
}
