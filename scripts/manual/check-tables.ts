import { exposureCatalogue } from "../../src/outbound/check/exposure/catalogue.ts";
import { builtInChecks, createChecks } from "../../src/outbound/check/registry.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { sentence } from "./command-page.ts";

/** The checks as they describe themselves: purpose, options and a sample. */
export function checkParts(row: (cells: readonly string[]) => string): string {
  const samples = new Map(Object.values(builtInChecks).map(({ name, sample }) => [name, sample]));
  return createChecks({ directory: ".", clock: systemClock })
    .map(({ name, description, passes, options, operands, timeoutMs = 10_000 }) => {
      const sample = samples.get(name);
      const usage = ["harbinger check", name, "HOST PORT", operands?.usage, "[options]"].filter(Boolean).join(" ");
      const rows = options.map((option) =>
        row([
          `\`--${option.name}${option.value === undefined ? "" : ` <${option.value}>`}\``,
          sentence(option.description),
        ]),
      );
      return [
        `## ${name}`,
        "",
        `${sentence(description)}${passes === undefined ? "" : ` It ${passes}.`}`,
        "",
        `\`${usage}\`, within ${timeoutMs / 1000} seconds unless \`--timeout\` says otherwise.`,
        ...(rows.length === 0 ? [] : ["", row(["option", "meaning"]), "|---|---|", ...rows]),
        "",
        "```text",
        `$ harbinger check ${name} ${sample?.words}`,
        sample?.output,
        "```",
      ].join("\n");
    })
    .join("\n\n");
}

export function catalogueTable(row: (cells: readonly string[]) => string): string {
  const rows = exposureCatalogue.map(({ name, title, ports, proves, ...entry }) => {
    const asked = entry.kind === "http" ? entry.requests.map(({ path }) => `\`${path}\``).join(", ") : "its protocol";
    return row([`\`${name}\``, title, ports.length === 0 ? "any" : ports.join(", "), asked, proves]);
  });
  return [row(["name", "service", "ports", "asked", "proves"]), "|---|---|---|---|---|", ...rows].join("\n");
}
