import path from "node:path";
import { parseStoreLocation } from "../store/location.ts";
import type { StoreSettings } from "../store/schema.ts";
import { isRawMap, type RawMap } from "./raw-value.ts";
import type { Sections } from "./sections.ts";

/**
 * Resolves the relative paths of all files that the program writes against `folder`.
 * @param root the configuration in the form of the file, without defaults: changed in place
 * @param isStoreOverridden whether the environment sets the store, which is then relative to the working directory
 */
export function writtenUnder(
  { named, ports }: Sections,
  { root, folder, isStoreOverridden }: WrittenUnderOptions,
): Sections {
  const { store, reports, logging, email } = named;
  const place = (file: string) => path.resolve(folder, file);
  const put = (file: string, ...keys: readonly [string, string, ...string[]]) => {
    replace(root, keys, place(file));
    return place(file);
  };
  return {
    ports,
    named: {
      ...named,
      store: isStoreOverridden ? store : storeUnderRaw(store, root, folder),
      reports: { ...reports, directory: put(reports.directory, "reports", "directory") },
      logging: {
        ...logging,
        file: logging.file === false ? false : put(logging.file, "logging", "file"),
        ...(logging.connections === undefined
          ? {}
          : { connections: put(logging.connections, "logging", "connections") }),
      },
      ...(email?.oauth2?.token_store === undefined
        ? {}
        : {
            email: {
              ...email,
              oauth2: { ...email.oauth2, token_store: put(email.oauth2.token_store, "email", "oauth2", "token_store") },
            },
          }),
    },
  };
}

interface WrittenUnderOptions {
  readonly root: RawMap;
  readonly folder: string;
  readonly isStoreOverridden: boolean;
}

/** The same for the store alone. */
export function storeUnder<Settings extends StoreSettings>(store: Settings, folder: string): Settings {
  return { ...store, location: locationUnder(store.location, folder) };
}

function storeUnderRaw(store: Sections["named"]["store"], root: RawMap, folder: string): Sections["named"]["store"] {
  if (typeof store !== "string") {
    const location = locationUnder(store.location, folder);
    replace(root, ["store", "location"], location);
    return { ...store, location };
  }
  const location = locationUnder(store, folder);
  root["store"] = location;
  return location;
}

function locationUnder(text: string, folder: string): string {
  const location = parseStoreLocation(text, folder);
  return location.kind === "sqlite" ? `sqlite:${location.file}` : text;
}

function replace(root: RawMap, keys: readonly string[], value: string): void {
  const [key = "", ...below] = keys;
  if (below.length === 0) {
    root[key] = value;
    return;
  }
  const section = root[key] ?? Object.create(null);
  if (!isRawMap(section)) return;
  root[key] = section;
  replace(section, below, value);
}
