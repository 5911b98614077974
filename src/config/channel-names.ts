import { nearestName } from "../core/nearest-name.ts";
import { splitList } from "../core/recipients.ts";
import { eachWatch } from "./check-names.ts";
import type { Finding } from "./issues.ts";
import type { Sections } from "./sections.ts";

/** A place where channels are named. */
interface Naming {
  readonly path: readonly PropertyKey[];
  readonly given: string | readonly string[] | undefined;
}

function namings(sections: Sections): Naming[] {
  return [
    ...eachWatch(sections).map(({ path, section }) => ({ path: [...path, "notify"], given: section.notify })),
    { path: ["devices", "notify"], given: sections.named.devices.notify },
    { path: ["alerts", "notify"], given: sections.named.alerts.notify },
  ];
}

/** Every name in a `notify` list that no configured channel has. */
export function unknownChannels(sections: Sections): Finding[] {
  return namings(sections).flatMap(({ path, given }) => {
    const parts =
      typeof given === "string"
        ? [{ path, text: given }]
        : (given ?? []).map((text, index) => ({ path: [...path, index], text }));
    return parts.flatMap((part) =>
      splitList(part.text).flatMap((name): Finding[] => {
        const message = problemWith(name, sections);
        return message === undefined ? [] : [{ path: part.path, what: "value", message }];
      }),
    );
  });
}

function problemWith(name: string, { named: { notify } }: Sections): string | undefined {
  const hasNtfy = notify.ntfy !== undefined;
  const webhooks = Object.keys(notify.webhooks);
  if (name === "ntfy" && hasNtfy && webhooks.includes(name)) {
    return "notify.ntfy and a webhook are both named ntfy; give the webhook another name";
  }
  if (webhooks.includes(name) || (name === "ntfy" && hasNtfy)) return undefined;
  if (name === "ntfy") return "ntfy is not configured; add a section notify.ntfy with a topic";
  if (name === "mail" || name === "email") return "mail goes to the addresses in email; name ntfy or a webhook here";
  const known = [...(hasNtfy ? ["ntfy"] : []), ...webhooks];
  const near = nearestName(name, known);
  const hint =
    near !== undefined
      ? `Did you mean "${near}"?`
      : known.length > 0
        ? `Configured channels: ${known.slice(0, 20).join(", ")}.`
        : "Add it under notify.webhooks.";
  return `no channel is named ${JSON.stringify(name.slice(0, 60))}. ${hint}`;
}

/** Channels that are configured and that no watch names: they get nothing, or alerts alone. */
export function idleChannels(sections: Sections): Finding[] {
  const { notify, alerts, listeners } = sections.named;
  const used = new Set(namings(sections).flatMap(({ given }) => splitList(given)));
  const getsAlerts = Object.keys(listeners).length > 0 && alerts.notify === undefined;
  const hasWatches = eachWatch(sections).length > 0;
  const named = new Set(namings(sections).flatMap(({ path, given }) => (path[0] === "alerts" ? [] : splitList(given))));
  // Whoever wrote notify at some watch knows that key, and whoever names a channel under alerts means alerts.
  const isForgotten = hasWatches && named.size === 0;
  const all: [string, PropertyKey[]][] = [
    ...(notify.ntfy === undefined ? [] : [["ntfy", ["notify", "ntfy"]] satisfies [string, PropertyKey[]]]),
    ...Object.keys(notify.webhooks).map((name): [string, PropertyKey[]] => [name, ["notify", "webhooks", name]]),
  ];
  return all.flatMap(([name, path]): Finding[] => {
    if (used.has(name) || (getsAlerts && !isForgotten)) return [];
    const message = getsAlerts
      ? `alerts of decoys go there, reports of watches do not: add notify: [${name}] to a watch`
      : "nothing is sent there: name it in notify of a watch";
    return [{ path, what: "key", message }];
  });
}
