import { type ProtocolName, protocolNames } from "../../core/identification.ts";
import { parse as parseGreeting } from "../../wire/greeting/parse.ts";

/** Ports whose protocol cannot be recognised by the first bytes alone. IANA, service names and port numbers. */
const ports: Readonly<Record<number, ProtocolName>> = {
  21: "ftp",
  24: "smtp",
  25: "smtp",
  43: "whois",
  70: "gopher",
  79: "finger",
  110: "pop3",
  113: "ident",
  119: "nntp",
  143: "imap",
  194: "irc",
  433: "nntp",
  465: "smtp",
  512: "rexec",
  563: "nntp",
  587: "smtp",
  990: "ftp",
  993: "imap",
  995: "pop3",
  2121: "ftp",
  2181: "zookeeper",
  2525: "smtp",
  2628: "dict",
  3310: "clamd",
  3493: "nut",
  4190: "sieve",
  4222: "nats",
  4730: "gearman",
  6379: "redis",
  6380: "redis",
  6600: "mpd",
  6667: "irc",
  6697: "irc",
  10050: "zabbix",
  11211: "memcached",
  16379: "redis",
  26379: "redis",
};

/** The usual protocol of a port, where the bytes alone may be ambiguous. */
export function protocolOfPort(port: number): ProtocolName | undefined {
  return ports[port];
}

const names: ReadonlySet<string> = new Set(protocolNames);

function isProtocolName(name: string): name is ProtocolName {
  return names.has(name);
}

/** The protocol of a client that answers the listener's banner. */
export function protocolOfBanner(banner: Uint8Array): ProtocolName | undefined {
  const greeting = parseGreeting(banner);
  const name = greeting.kind === "match" ? greeting.value.protocol : "";
  if (name === "mariadb") return "mysql";
  return isProtocolName(name) ? name : ofLine(Buffer.from(banner.subarray(0, 512)).toString("latin1"));
}

function ofLine(text: string): ProtocolName | undefined {
  if (/^:\S+ (?:NOTICE|\d{3}) /.test(text)) return "irc";
  if (/^-(?:DENIED|ERR|NOAUTH|MISCONF|LOADING) /.test(text)) return "redis";
  if (text.startsWith("HTTP/")) return "http";
  return undefined;
}
