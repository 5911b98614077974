import path from "node:path";
import { authoritiesFile, mapChannelSections } from "../notify/channel-sections.ts";
import type { Sections } from "./sections.ts";

type Targets = string | string[];

/**
 * Files that the configuration refers to (`ca_file`, `lease_files`, `web.tls`, `@FILE` among targets) are relative to its folder.
 * Files that the program writes are relative to the working directory, as in the earlier tool.
 */
export function absoluteFiles({ named, ports }: Sections, folder: string): Sections {
  const { devices, web } = named;
  return {
    named: {
      ...mapChannelSections(named, (section) => withAuthorities(section, folder)),
      devices: { ...devices, lease_files: devices.lease_files.map((file) => path.resolve(folder, file)) },
      web: { ...web, tls: web.tls === undefined ? undefined : withPair(web.tls, folder) },
      watches: mapValues(named.watches, (entry) => withTargets(entry, folder)),
    },
    ports: mapValues(ports, (section) => withTargets(section, folder)),
  };
}

function withAuthorities(section: object, folder: string): object {
  const file = authoritiesFile(section);
  return file === undefined ? section : { ...section, ca_file: path.resolve(folder, file) };
}

function withPair(files: { certificate: string; key: string }, folder: string) {
  return { certificate: path.resolve(folder, files.certificate), key: path.resolve(folder, files.key) };
}

function withTargets<Section extends { targets?: Targets | undefined; exclude?: Targets | undefined }>(
  section: Section,
  folder: string,
): Section {
  const resolved = { ...section };
  if (section.targets !== undefined) resolved.targets = resolveLists(section.targets, folder);
  if (section.exclude !== undefined) resolved.exclude = resolveLists(section.exclude, folder);
  return resolved;
}

function resolveLists(targets: Targets, folder: string): Targets {
  const one = (text: string) =>
    text
      .split(",")
      .map((part) => (part.trim().startsWith("@") ? `@${path.resolve(folder, part.trim().slice(1))}` : part))
      .join(",");
  return typeof targets === "string" ? one(targets) : targets.map(one);
}

function mapValues<Value>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
