import { nearestName } from "../core/nearest-name.ts";
import { splitList } from "../core/recipients.ts";
import type { Finding } from "./issues.ts";

import type { Sections } from "./sections.ts";

/** Names in `checks` that are not built-in checks. */
export function unknownChecks(sections: Sections, known: readonly string[]): Finding[] {
  return eachWatch(sections).flatMap(({ path, section }) => {
    const asList = Array.isArray(section.checks) ? section.checks : splitList(section.checks);
    return asList.flatMap((name, index): Finding[] => {
      if (known.includes(name)) return [];
      const near = nearestName(name, known);
      const hint = near === undefined ? `Known checks: ${known.join(", ")}.` : `Did you mean "${near}"?`;
      const place = Array.isArray(section.checks) ? [...path, "checks", index] : [...path, "checks"];
      return [
        { path: place, what: "value", message: `no check is named ${JSON.stringify(name.slice(0, 60))}. ${hint}` },
      ];
    });
  });
}

/** All watches of both forms with their paths. */
export function eachWatch({ named, ports }: Sections) {
  return [
    ...Object.entries(ports).map(([name, section]) => ({ path: [name], section, isPortSection: true })),
    ...Object.entries(named.watches).map(([name, section]) => ({
      path: ["watches", name],
      section,
      isPortSection: false,
    })),
  ];
}
