import { isIPv6 } from "node:net";
import { type AddressRange, parseRange } from "../../../core/network.ts";

/** One target or exclusion, before names are looked up and files are read. */
export type TargetSyntax =
  | { readonly kind: "range"; readonly range: AddressRange; readonly zone?: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "bad"; readonly reason: string };

const maxTargetLength = 4096;

/**
 * Reads one target: an address, a network (`10.0.0.0/8`), a range (`10.0.0.1-50`, `10.0.0.1-10.0.1.7`), a host name, or
 * `@FILE`. Pure and total.
 */
export function parseTarget(text: string): TargetSyntax {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "bad", reason: "a target is empty" };
  if (trimmed.length > maxTargetLength) return { kind: "bad", reason: "a target is too long" };
  if (trimmed.startsWith("@")) {
    const path = trimmed.slice(1);
    return path === "" ? { kind: "bad", reason: "a file name is missing after @" } : { kind: "file", path };
  }
  const zoned = parseZoned(trimmed);
  if (zoned !== undefined) return zoned;
  const range = parseRange(trimmed);
  if (range !== undefined) return { kind: "range", range };
  if (isHostName(trimmed)) return { kind: "name", name: trimmed };
  const what = `${JSON.stringify(trimmed.slice(0, 100))} is not an address, network, range or host name`;
  const isPath = /[/\\]/.test(trimmed) && !/^[0-9a-f.:]+\/\d*$/i.test(trimmed);
  return { kind: "bad", reason: isPath ? `${what}; a file of targets is written with an @ before its name` : what };
}

/** `fe80::1%eth0` (RFC 4007 section 11): one address; ranges have no zone. */
function parseZoned(text: string): TargetSyntax | undefined {
  const percent = text.indexOf("%");
  if (percent < 0) return undefined;
  const address = text.slice(0, percent);
  const zone = text.slice(percent + 1);
  if (!isIPv6(address) || !/^[A-Za-z0-9_.:-]{1,32}$/.test(zone)) return undefined;
  const range = parseRange(address);
  return range === undefined || range.family === 4 ? undefined : { kind: "range", range, zone };
}

/**
 * A host name: RFC 1123 section 2.1, with underscores, which real networks use. Text that looks like a mistyped address (only
 * digits and dots, a slash) is not a name.
 */
function isHostName(text: string): boolean {
  const name = text.endsWith(".") ? text.slice(0, -1) : text;
  if (name.length === 0 || name.length > 253) return false;
  const labels = name.split(".");
  if (!labels.every((label) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label))) return false;
  // The last label of a real name is not a number (RFC 3696 section 2); `10.0.0.300` and `1-5` are typing errors.
  const last = labels.at(-1) ?? "";
  return !/^[0-9-]+$/.test(last) && !/^0x[0-9a-f]*$/i.test(last);
}
