import { nearestName } from "../core/nearest-name.ts";
import { standaloneSchema } from "../outbound/schedule/schema.ts";
import { type StoreSettings, storeSettings } from "../store/schema.ts";
import { isRawMap, type RawMap } from "./raw-value.ts";
import { configSections } from "./sections.ts";

/** The place of an error. */
interface Mistake {
  readonly path: readonly PropertyKey[];
}

const key = "store";

/**
 * The store of a configuration that has errors elsewhere: read-only commands need nothing else. Empty if the setting itself is
 * wrong, or if an error may concern it: the default could then be another database than the one in use.
 * @param root with secrets and the environment filled in
 * @param mistakes all errors
 * @param isOverridden whether the environment sets the store
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

/**
 * The time zone of a configuration that has errors elsewhere, in which read-only commands show times. Undefined where it is not set, and where its own
 * place has an error.
 * @param root as in {@link storeAlone}
 */
export function timeZoneAlone(root: RawMap): string | undefined {
  const section = root["standalone"];
  if (!isRawMap(section)) return undefined;
  const checked = standaloneSchema.shape.time_zone.safeParse(section["time_zone"]);
  return checked.success ? checked.data : undefined;
}

/** Whether the error has no path, or a key similar to `store`: `stroe:`, or `store:` indented under another section. */
function mayMeanStore({ path }: Mistake): boolean {
  const last = path.at(-1);
  return last === undefined || (typeof last === "string" && nearestName(last, [key]) !== undefined);
}
