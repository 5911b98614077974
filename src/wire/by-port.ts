import type { Identification } from "../core/identification.ts";
import { linesOf } from "./dialogue/transcript.ts";
import { fact, isPlain } from "./fact.ts";
import { latin1, utf8 } from "./reader.ts";
import { makeSafe } from "./safe-description.ts";
import type { Secret } from "./secret.ts";

const maximumLineBytes = 1024;

/**
 * A name for first bytes that prove nothing by themselves: a bare line is a query where it was sent to the port of whois (RFC 3912),
 * finger (RFC 1288) or gopher (RFC 1436), and a text elsewhere. What `identify` has named stays as it is, but for rexec, which
 * looks like rsh (rexecd(8)).
 */
export function identifyByPort(port: number, bytes: Uint8Array, seen: Identification): Identification {
  if (port === 512 && seen.protocol === "rsh") return asRexec(seen);
  if (seen.protocol !== "unknown" || bytes.length === 0 || bytes.length > maximumLineBytes) return seen;
  if (port !== 43 && port !== 70 && port !== 79) return seen;
  const [line, ...more] = linesOf(bytes);
  if (line === undefined || more.length > 0) return seen;
  const text = utf8(bytes.subarray(line.start, line.end)) ?? latin1(bytes, line.start, line.end);
  if (!isPlain(text.replaceAll("\t", ""))) return seen;
  return { ...named(port, text), complete: line.ended };
}

function named(port: number, text: string): Identification {
  const complete = true;
  switch (port) {
    case 43:
      return { protocol: "whois", complete, ...makeSafe({ whois: { query: fact(text.trim()) } }) };
    case 79: {
      const verbose = /^\/W(?:\s|$)/i.test(text);
      const query = (verbose ? text.slice(2) : text).trim();
      // `user@host` asks to be passed on to another server.
      return {
        protocol: "finger",
        complete,
        ...makeSafe({ finger: { query: fact(query), ...(verbose && { verbose }) } }),
      };
    }
    default: {
      const [selector = "", search] = text.split("\t", 2);
      const gopher = { selector: fact(selector), ...(search !== undefined && { search: fact(search) }) };
      return { protocol: "gopher", complete, ...makeSafe({ gopher }) };
    }
  }
}

/** A port, a user, a password and a command. */
function asRexec({ rsh, scanner, probe }: Identification): Identification {
  const { errorPort, localUser = "", command = "" } = rsh ?? {};
  return {
    protocol: "rexec",
    complete: true,
    ...(scanner !== undefined && { scanner }),
    ...(probe !== undefined && { probe }),
    rexec: { ...(errorPort !== undefined && { errorPort }), user: localUser, command },
  };
}

/** The third of four texts with a NUL behind each. */
export function rexecSecrets(bytes: Uint8Array): readonly Secret[] {
  const first = bytes.indexOf(0);
  const second = first === -1 ? -1 : bytes.indexOf(0, first + 1);
  const third = second === -1 ? -1 : bytes.indexOf(0, second + 1);
  if (second === -1) return [];
  const [start, end] = [second + 1, third === -1 ? bytes.length : third];
  return end > start ? [{ start, end, text: latin1(bytes, start, end) }] : [];
}
