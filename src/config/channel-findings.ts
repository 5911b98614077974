import type { AddressList, SectionFinding } from "../notify/channel-definition.ts";
import { authoritiesFile, channelSections, sectionPath } from "../notify/channel-sections.ts";
import { channelNamed } from "../notify/channels.ts";
import { eachWatch } from "./check-names.ts";
import type { Finding } from "./issues.ts";
import type { Sections } from "./sections.ts";

/** Findings of the channels about their sections and the lists of mail addresses. */
export function channelFindings(sections: Sections, severity: SectionFinding["severity"]): Finding[] {
  const lists = addressLists(sections);
  return channelSections(sections.named).flatMap(({ channel, section }) =>
    (channelNamed(channel).findings?.(section, lists) ?? []).filter((finding) => finding.severity === severity),
  );
}

function addressLists(sections: Sections): AddressList[] {
  return [
    ...eachWatch(sections).map(({ path, section }) => ({ path: [...path, "email"], given: section.email })),
    { path: ["alerts", "email"], given: sections.named.alerts.email },
  ];
}

/** Reports files of certificate authorities that cannot be read. */
export function missingAuthorities({ named }: Sections, exists: (file: string) => boolean): Finding[] {
  return channelSections(named).flatMap((entry): Finding[] => {
    const file = authoritiesFile(entry.section);
    if (file === undefined || exists(file)) return [];
    return [{ path: [...sectionPath(entry), "ca_file"], what: "value", message: "this file cannot be read" }];
  });
}
