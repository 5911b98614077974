import type { News } from "../../../core/examination.ts";
import { protocolTitle } from "../../../core/protocol-title.ts";
import { productName } from "../../check/service/product-name.ts";
import type { RememberedIdentity } from "./memory.ts";
import type { ObservedIdentity } from "./read-results.ts";

/**
 * Whether something else answers: another product or version, or where products are not known another protocol. What one
 * side does not know says nothing.
 */
export function compareIdentity(before: RememberedIdentity | undefined, now: ObservedIdentity): readonly News[] {
  if (before === undefined || !isAnother(before, now)) return [];
  return [{ kind: "changed", detail: `was ${shown(before)}, is ${shown(now)}` }];
}

/** What is known now; of the same thing also what was known before and is not told this time. */
export function rememberIdentity(before: RememberedIdentity | undefined, now: ObservedIdentity): RememberedIdentity {
  if (before === undefined || isAnother(before, now)) return now;
  return { name: now.name, product: now.product ?? before.product, version: now.version ?? before.version };
}

function isAnother(before: RememberedIdentity, now: ObservedIdentity): boolean {
  if (before.product === undefined || now.product === undefined) return inside(before.name) !== inside(now.name);
  // Products have had other names in what was stored earlier.
  if (productName(before.product) !== productName(now.product)) return true;
  return before.version !== undefined && now.version !== undefined && before.version !== now.version;
}

/** Whether TLS was found around it hangs on how quick an answer was. */
function inside(protocol: string): string {
  return protocol === "https" ? "http" : protocol;
}

function shown({ name, product, version }: ObservedIdentity): string {
  const what = product === undefined ? protocolTitle(name) : productName(product);
  return version === undefined ? what : `${what} ${version}`;
}
