import { addressFromBigInt } from "../core/address.ts";
import { nameDistance } from "../core/nearest-name.ts";
import { parseRange } from "../core/network.ts";
import { splitList } from "../core/recipients.ts";
import { engineKeyList, selectedEngines } from "../outbound/scan/engines.ts";
import { channelFindings } from "./channel-findings.ts";
import { idleChannels } from "./channel-names.ts";
import { eachWatch } from "./check-names.ts";
import { deviceWarnings } from "./device-warnings.ts";
import type { Finding } from "./issues.ts";
import { whyTooLarge } from "./large-networks.ts";
import { listenerWarnings } from "./listener-warnings.ts";
import type { Interfaces } from "./local-networks.ts";
import type { Sections } from "./sections.ts";
import { webWarnings } from "./web-findings.ts";

/** Settings that are valid but probably unintended. Files of the earlier tool must load, so these are not errors. */
export function warningsOf(
  sections: Sections,
  machine: { readonly fileExists: (file: string) => boolean; readonly interfaces: Interfaces },
): Finding[] {
  const { fileExists } = machine;
  const watches = eachWatch(sections);
  const isIdle = watches.length === 0 && Object.keys(sections.named.listeners).length === 0;
  const nothing: Finding = { path: [], what: "value", message: "no port_* section and no watches: nothing is scanned" };
  return [
    ...(isIdle ? [nothing] : []),
    ...watches.flatMap(({ path, section, isPortSection }) => [
      ...engineWarnings(path, section, isPortSection),
      ...mailWithoutServer(path, section, sections),
      ...placeholders(path, section),
      ...missingLists(path, section, fileExists),
      ...networksByAddress(path, section),
      ...tooLargeTargets(path, section),
    ]),
    ...deviceWarnings(sections, machine),
    ...listenerWarnings(sections),
    ...idleChannels(sections),
    ...webWarnings(sections),
    ...channelFindings(sections, "warning"),
  ];
}

type Watched = ReturnType<typeof eachWatch>[number];
type Section = Watched["section"];

function engineWarnings(path: readonly string[], section: Section, isPortSection: boolean): Finding[] {
  if (!isPortSection) return [];
  const [used, ...others] = selectedEngines(section).map(({ engine }) => engine.key);
  if (used === undefined) {
    const message = `no scan method is defined, so every scan will fail: give ${engineKeyList()}`;
    return [{ path, what: "key", message }];
  }
  return others.map((key) => ({
    path: [...path, key],
    what: "key",
    message: `not used: ${used} is also given and takes precedence`,
  }));
}

function mailWithoutServer(path: readonly string[], section: Section, sections: Sections): Finding[] {
  if (sections.named.email !== undefined || splitList(section.email).length === 0) return [];
  const message = "no mail can be sent without an email section; reports are kept as files";
  return [{ path: [...path, "email"], what: "key", message }];
}

/** `{prot}` would be passed to the shell unchanged. Other braces belong to the shell. */
function placeholders(path: readonly string[], section: Section): Finding[] {
  const ofEngines = selectedEngines(section).map(({ engine: { key, placeholders = [] }, value }) => ({
    key,
    value,
    placeholders,
  }));
  const texts = [...ofEngines, { key: "post_command", value: section.post_command, placeholders: ["host", "port"] }];
  return texts.flatMap(({ key, value, placeholders }) => {
    if (typeof value !== "string" || placeholders.length === 0) return [];
    const names = [...value.matchAll(/\{(\w{1,12})\}/g)].map((match) => match[1] ?? "");
    return [...new Set(names)].flatMap((name): Finding[] => {
      const near = ["host", "port"].find((known) => nameDistance(known, name.toLowerCase()) <= 1);
      if (placeholders.includes(name) || near === undefined) return [];
      const known = placeholders.map((one) => `{${one}}`).join(" and ");
      return [{ path: [...path, key], what: "value", message: `{${name}} is not a placeholder here: use ${known}` }];
    });
  });
}

function missingLists(path: readonly string[], section: Section, fileExists: (file: string) => boolean): Finding[] {
  return (["targets", "exclude"] as const).flatMap((key) =>
    splitList(section[key]).flatMap((target): Finding[] => {
      if (!target.startsWith("@") || fileExists(target.slice(1))) return [];
      return [{ path: [...path, key], what: "value", message: `${JSON.stringify(target)}: no such file now` }];
    }),
  );
}

/** `192.168.77.5/24` is the whole network, but the user may have meant the single address. */
function networksByAddress(path: readonly string[], section: Section): Finding[] {
  return (["targets", "exclude"] as const).flatMap((key) =>
    splitList(section[key]).flatMap((target): Finding[] => {
      const [host = "", bits] = target.split("/");
      const range = bits === undefined ? undefined : parseRange(target);
      const address = range === undefined ? undefined : parseRange(host);
      if (range === undefined || address === undefined || address.first === range.first) return [];
      const network = `${addressFromBigInt(range.first, range.family)}/${bits}`;
      const message = `${JSON.stringify(target)} means the network ${network}; write that, or ${host} for the single address`;
      return [{ path: [...path, key], what: "value", message }];
    }),
  );
}

/** Every scan of them fails. */
function tooLargeTargets(path: readonly string[], section: Section): Finding[] {
  return splitList(section.targets).flatMap((target): Finding[] => {
    const message = whyTooLarge(target);
    return message === undefined ? [] : [{ path: [...path, "targets"], what: "value", message }];
  });
}
