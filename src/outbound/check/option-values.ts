import type { CheckOption, CheckRequest, CheckResult } from "../../core/check.ts";
import { isStartTlsProtocol, type StartTlsProtocol, startTlsProtocols } from "../probe/starttls/starttls.ts";

type Options = CheckRequest["options"];

/** The text of an option that takes a value; `undefined` where it was not given. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function isSwitchedOn(options: Options, name: string): boolean {
  return options[name] === true || options[name] === "true";
}

/** A whole number from `least` to `most`; `undefined` where `text` is none. */
export function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

/** For an option that takes a whole number. */
export function refusesOtherThan(name: string, least: number, most: number): (value: string) => string | undefined {
  return (value) =>
    wholeNumber(value, least, most) === undefined ? `--${name} takes a number from ${least} to ${most}` : undefined;
}

export const startTlsOption: CheckOption = {
  name: "starttls",
  value: "protocol",
  description: `ask for TLS inside a protocol first: ${startTlsProtocols.join(", ")}`,
  refuses(value) {
    const choice = startTlsChoice({ starttls: value });
    return choice.kind === "unknown" ? choice.reason : undefined;
  },
};

export const serverNameOption: CheckOption = {
  name: "servername",
  value: "name",
  description: "the name to ask for (SNI) and to look for in the certificate, instead of HOST",
};

export type StartTlsChoice =
  | { readonly kind: "protocol"; readonly protocol: StartTlsProtocol | undefined }
  | { readonly kind: "unknown"; readonly reason: string };

export function startTlsChoice(options: Options): StartTlsChoice {
  const text = textOption(options, "starttls");
  if (text === undefined) return { kind: "protocol", protocol: undefined };
  const protocol = text === "postgresql" ? "postgres" : text === "mariadb" ? "mysql" : text;
  if (isStartTlsProtocol(protocol)) return { kind: "protocol", protocol };
  return { kind: "unknown", reason: `--starttls knows ${startTlsProtocols.join(", ")}` };
}

/** A check that could not ask what it was told to ask. */
export function refusedOption(check: string, firstLine: string, reason: string): CheckResult {
  return { check, passed: false, output: `${firstLine}\n${reason}`, facts: { reason } };
}
