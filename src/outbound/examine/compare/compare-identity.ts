import type { News } from "../../../core/examination.ts";
import { protocolTitle } from "../../../core/protocol-title.ts";
import { productName } from "../../check/service/product-name.ts";
import type { RememberedIdentity } from "./memory.ts";

/**
 * Whether something else answers: another product or version, or where products are not known another protocol. What is
 * unknown on one side is not compared.
 */
export function compareIdentity(before: RememberedIdentity | undefined, now: RememberedIdentity): readonly News[] {
  if (before === undefined || !isAnother(before, now)) return [];
  return [{ kind: "changed", detail: `was ${shown(before)}, is ${shown(now)}` }];
}

/** What is known now; for the same service also what was known before and is missing this time. */
export function rememberIdentity(before: RememberedIdentity | undefined, now: RememberedIdentity): RememberedIdentity {
  if (before === undefined || isAnother(before, now)) return now;
  return { name: now.name, product: now.product ?? before.product, version: now.version ?? before.version };
}

function isAnother(before: RememberedIdentity, now: RememberedIdentity): boolean {
  if (before.product === undefined || now.product === undefined)
    return withoutTls(before.name) !== withoutTls(now.name);
  // Older memories have other names of some products.
  if (productName(before.product) !== productName(now.product)) return true;
  return before.version !== undefined && now.version !== undefined && before.version !== now.version;
}

/** Whether TLS is found depends on how fast the server answers, so HTTP and HTTPS count as the same. */
function withoutTls(protocol: string): string {
  return protocol === "https" ? "http" : protocol;
}

function shown({ name, product, version }: RememberedIdentity): string {
  const what = product === undefined ? protocolTitle(name) : productName(product);
  return version === undefined ? what : `${what} ${version}`;
}
