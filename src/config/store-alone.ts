import { nearestName } from "../core/nearest-name.ts";
import { type StoreSettings, storeSettings } from "../store/schema.ts";
import type { RawMap } from "./raw-value.ts";

import { configSections } from "./sections.ts";

/** Where something wrong stands. */
interface Mistake {
  readonly path: readonly PropertyKey[];
}

const key = "store";

/**
 * Where the store is, from a configuration that is wrong elsewhere: whoever only looks needs nothing else of it. Nothing
 * is told where the setting itself is wrong, or where something wrong may have been meant to be it: the default would
 * then be another database than the one that is written to.
 * @param root after secrets and the environment were filled in
 * @param mistakes everything that is wrong
 * @param isOverridden the environment says where the store is, whatever the file says
 */
export function storeAlone(
  root: RawMap,
  mistakes: readonly Mistake[],
  isOverridden: boolean,
): { readonly store?: StoreSettings } {
  if (mistakes.some(({ path }) => path[0] === key)) return {};
  if (!isOverridden && mistakes.some(mayMeanStore)) return {};
  const checked = configSections.shape.store.safeParse(root[key]);
  return checked.success ? { store: storeSettings(checked.data) } : {};
}

/** It stands nowhere in particular; or it reads like our key: `stroe:`, or `store:` indented under another section. */
function mayMeanStore({ path }: Mistake): boolean {
  const last = path.at(-1);
  return last === undefined || (typeof last === "string" && nearestName(last, [key]) !== undefined);
}
