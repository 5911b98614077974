import { durationFindings } from "./duration-findings.ts";
import { describeIssues, type Finding, onePerValue } from "./issues.ts";
import { configJsonSchema } from "./json-schema.ts";
import { isRawMap, type RawMap, type RawValue } from "./raw-value.ts";
import { configSections, freeKeyPattern, portSectionPattern, portSections, type Sections } from "./sections.ts";

export type CheckedSections =
  | { readonly kind: "sections"; readonly sections: Sections; readonly findings: readonly Finding[] }
  | { readonly kind: "invalid"; readonly findings: readonly Finding[] };

const portSectionKey = new RegExp(portSectionPattern);
const freeKey = new RegExp(freeKeyPattern);

/** Validates a whole configuration against the schemas of all modules, and returns all errors at once. */
export function checkSections(root: RawMap): CheckedSections {
  const { namedResult, portsResult, issues } = parse(root);
  const durations = durationFindings(issues, root, (changed) => parse(changed).issues);
  const others = issues.filter((issue) => !durations.has(issue));
  const described = [...durations.values(), ...describeIssues(others, root, configJsonSchema())];
  const findings = [...onePerValue(described, root), ...sameNames(root)];
  if (!namedResult.success || !portsResult.success) return { kind: "invalid", findings };
  return { kind: "sections", sections: { named: namedResult.data, ports: portsResult.data }, findings };
}

function parse(root: RawMap) {
  const named: RawMap = {};
  const ports: RawMap = {};
  for (const [key, value] of Object.entries(root)) {
    if (freeKey.test(key)) continue;
    if (portSectionKey.test(key)) ports[key] = value;
    else named[key] = value;
  }
  const namedResult = configSections.safeParse(named);
  const portsResult = portSections.safeParse(ports);
  const issues = [...(namedResult.error?.issues ?? []), ...(portsResult.error?.issues ?? [])];
  return { namedResult, portsResult, issues };
}

/** The history of a watch belongs to its name, so names must be unique. */
function sameNames(root: RawMap): Finding[] {
  const watches: RawValue = root["watches"];
  if (watches === undefined || !isRawMap(watches)) return [];
  return Object.keys(watches)
    .filter((name) => portSectionKey.test(name) && Object.hasOwn(root, name))
    .map((name) => ({ path: ["watches", name], what: "key", message: "a port_* section has this name already" }));
}
