import { execFile } from "node:child_process";
import { projectRoot } from "./project.ts";

/** Advisories that do not concern this program, with the reason. By the URL in the output of `npm audit`. */
const explained: Readonly<Record<string, string>> = {};

export type AuditOutcome =
  | { readonly kind: "clean" }
  /** One sentence each. */
  | { readonly kind: "findings"; readonly findings: readonly string[] }
  /** The registry does not answer such requests (mirrors often do not). */
  | { readonly kind: "unavailable"; readonly reason: string };

interface Vulnerability {
  readonly name: string;
  readonly severity: string;
  readonly via: readonly (string | { readonly title?: string; readonly url?: string })[];
}

interface AuditReport {
  readonly message?: string;
  readonly error?: { readonly summary?: string };
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
}

/** Asks the registry which production packages have known vulnerabilities. */
export async function audit(): Promise<AuditOutcome> {
  const words = ["audit", "--omit", "dev", "--json"];
  const stdout = await new Promise<string>((resolve) => {
    // It exits with 1 both if it found something and if it could not ask.
    execFile("npm", words, { cwd: projectRoot, maxBuffer: 64 * 1024 * 1024 }, (_error, text) => resolve(text));
  });
  return outcomeOf(stdout);
}

/** @param stdout what `npm audit --json` printed */
export function outcomeOf(stdout: string): AuditOutcome {
  let report: AuditReport;
  try {
    report = JSON.parse(stdout) as AuditReport;
  } catch {
    return { kind: "unavailable", reason: stdout.trim().slice(0, 200) || "npm audit printed nothing" };
  }
  if (report.vulnerabilities === undefined) {
    return { kind: "unavailable", reason: report.message ?? report.error?.summary ?? "npm audit gave no list" };
  }
  const findings = Object.values(report.vulnerabilities).flatMap(({ name, severity, via }) =>
    via.flatMap((cause) => {
      // A name refers to the entry of the package that depends on it.
      if (typeof cause === "string" || explained[cause.url ?? ""] !== undefined) return [];
      return [`${name} (${severity}): ${cause.title ?? "no title"} ${cause.url ?? ""}`.trim()];
    }),
  );
  return findings.length === 0 ? { kind: "clean" } : { kind: "findings", findings };
}
