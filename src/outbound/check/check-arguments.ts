import type { Check, CheckRequest } from "../../core/check.ts";
import { isPort, type Port } from "../../core/ports.ts";
import { safeText } from "../../core/safe-text.ts";

/** A check called with words: `http 10.0.0.1 443 https /status`, `kafka --tls 10.0.0.1:9093`. */
export type CheckArguments =
  | { readonly kind: "request"; readonly request: CheckRequest; readonly json: boolean }
  | Wrong;

interface Wrong {
  readonly kind: "wrong";
  readonly reason: string;
  /** The call is well formed, but its port is not a port. */
  readonly isBadPort: boolean;
}

const usualTimeoutMs = 10_000;
const maxTimeoutMs = 3_600_000;

/**
 * Reads the words after a check's name, in the form of the earlier helper scripts: host and port, also as `HOST:PORT`, and
 * options before, between and after them, as `--name value` or `--name=value`; `-t` is `--tls`. A port in `HOST:PORT` takes precedence.
 * @param usualPort used where the words contain no port
 */
export function readCheckArguments(check: Check, args: readonly string[], usualPort?: Port): CheckArguments {
  let options: Record<string, string | boolean | undefined> = {};
  const operands: string[] = [];
  let timeoutMs = check.timeoutMs ?? usualTimeoutMs;
  let json = false;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (word === "-t" && check.options.some((option) => option.name === "tls")) {
      options["tls"] = true;
      continue;
    }
    if (/^-[A-Za-z]/.test(word)) return wrong(`unknown option ${safeText(word, { limit: 80 })}`);
    if (!word.startsWith("--")) {
      operands.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const known = check.options.find((option) => option.name === name);
    const takesValue = name === "timeout" || known?.value !== undefined;
    if (known === undefined && name !== "timeout" && name !== "json")
      return wrong(`unknown option --${safeText(name, { limit: 80 })}`);
    if (!takesValue) {
      if (equals >= 0) return wrong(`--${name} takes no value`);
      if (name === "json") json = true;
      else options[name] = true;
      continue;
    }
    const value = equals < 0 ? args[at + 1] : word.slice(equals + 1);
    if (equals < 0) at += 1;
    if (value === undefined) return wrong(`--${name} requires a value`);
    if (name !== "timeout") {
      const refusal = known?.refuses?.(value);
      if (refusal !== undefined) return wrong(refusal);
      options[name] = value;
    } else {
      const seconds = /^\d{1,6}(?:\.\d{1,3})?$/.test(value) ? Number(value) : Number.NaN;
      if (!(seconds > 0 && seconds * 1000 <= maxTimeoutMs)) return wrong("--timeout takes a number of seconds");
      timeoutMs = seconds * 1000;
    }
  }
  const endpoint = readEndpoint(operands, usualPort);
  if (endpoint.kind === "wrong") return endpoint;
  let { rest } = endpoint;
  if (check.operands !== undefined) ({ options, rest } = check.operands.read(rest, options));
  const [extra] = rest;
  if (extra !== undefined) return wrong(`"${safeText(extra, { limit: 80 })}" is an unexpected argument`);
  const { host, port } = endpoint;
  return { kind: "request", request: { host, port, timeoutMs, options }, json };
}

type Endpoint =
  | { readonly kind: "endpoint"; readonly host: string; readonly port: Port; readonly rest: readonly string[] }
  | Wrong;

function readEndpoint(operands: readonly string[], usualPort: Port | undefined): Endpoint {
  const [first, second, ...rest] = operands;
  if (first === undefined || first === "") return wrong("a host and a port are required");
  // HOST:PORT; an IPv6 address has to be in brackets, to be distinct from its port.
  const joined = /^(\[[^\]]*\]|[^:]*):([^:]*)$/.exec(first);
  const host = joined?.[1] ?? first;
  if (host === "" || host === "[]") return wrong("a host and a port are required");
  if (joined?.[2] !== undefined) {
    const port = readPort(joined[2]);
    if (!isPort(port)) return notAPort(joined[2]);
    const isSecondPort = second !== undefined && isPort(readPort(second));
    return { kind: "endpoint", host, port, rest: operands.slice(isSecondPort ? 2 : 1) };
  }
  if (second === undefined) {
    if (usualPort !== undefined) return { kind: "endpoint", host, port: usualPort, rest };
    return wrong("a port is required: HOST PORT, or HOST:PORT");
  }
  const port = readPort(second);
  return isPort(port) ? { kind: "endpoint", host, port, rest } : notAPort(second);
}

function notAPort(text: string): Wrong {
  const reason = `"${safeText(text, { limit: 80 })}" is not a port; a port is a number from 1 to 65535`;
  return { kind: "wrong", reason, isBadPort: true };
}

function readPort(text: string): number {
  return /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
}

function wrong(reason: string): Wrong {
  return { kind: "wrong", reason, isBadPort: false };
}
