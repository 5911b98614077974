import type { CheckRequest } from "../core/check.ts";
import { HarbingerError } from "../core/errors.ts";
import { type AddressRange, parseRange } from "../core/network.ts";
import type { CommonOptions } from "./common-options.ts";

/** @throws HarbingerError if `text` is not a network */
export function parseNetwork(text: string): AddressRange {
  const range = parseRange(text.trim());
  if (range === undefined) throw new HarbingerError("usage", `--allow ${text}: not a network`);
  return range;
}

/** The scope of scans applies here too: a mistyped address must not contact someone else's host. */
export async function requireInScope(
  { host, timeoutMs }: Pick<CheckRequest, "host" | "timeoutMs">,
  allow: readonly AddressRange[],
  common: CommonOptions,
): Promise<void> {
  const { configOrDefault } = await import("./open.ts");
  const { resolveHost } = await import("../outbound/probe/dial.ts");
  const { Deadline } = await import("../outbound/probe/deadline.ts");
  const { outOfScope } = await import("../outbound/scan/targets/scope.ts");
  const config = configOrDefault(common);
  using deadline = new Deadline(timeoutMs, new AbortController().signal);
  const resolved = await resolveHost(host, deadline);
  // The check itself reports a name that has no address.
  if (resolved.kind !== "addresses") return;
  const scope = { allow: [...config.scope.allow, ...allow], exclude: config.scope.exclude };
  for (const address of resolved.addresses) {
    const plain = parseRange(address.split("%", 1)[0] ?? address);
    if (plain === undefined) continue;
    if (outOfScope([plain], scope).length > 0) {
      throw new HarbingerError("usage", `${address} is outside the private networks and was not contacted`, {
        remedy: `To allow it: --allow ${address}, or scope.allow in the configuration.`,
      });
    }
    const isExcluded = scope.exclude.some(
      (range) => range.family === plain.family && range.first <= plain.first && plain.first <= range.last,
    );
    if (isExcluded) throw new HarbingerError("usage", `${address} is excluded by scope.exclude and was not contacted`);
  }
}
