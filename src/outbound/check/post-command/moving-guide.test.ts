import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { systemClock } from "../../../platform/system-clock.ts";
import { createChecks } from "../registry.ts";
import { Counterparts } from "./counterparts.ts";
import { earlierScripts } from "./earlier-scripts.ts";

const guide = new URL("../../../../docs/guide/moving.md", import.meta.url);
const checks = createChecks({ directory: "/nowhere", clock: systemClock });
const counterparts = new Counterparts(new Map(checks.map((check) => [check.name, check])));

function rowOf(name: string): string {
  const counterpart = counterparts.find(name);
  assert.ok(counterpart !== undefined, `nothing answers for ${name}`);
  const { check, usualPort, forms, title, impliedOptions } = counterpart;
  const service = usualPort === undefined ? undefined : impliedOptions(usualPort)["service"];
  const answer = check.name === "exposure" ? `${title} (\`--service ${service}\`)` : `the \`${check.name}\` check`;
  return `| \`${name}\` | ${usualPort ?? ""} | ${forms.map((form) => `\`.${form}\``).join(" ")} | ${answer} |`;
}

test("the guide for the earlier tool lists every script with its replacement", () => {
  const rows = earlierScripts.map(({ name }) => rowOf(name));
  const table = ["| script | default port | forms | answered by |", "|---|---|---|---|", ...rows].join("\n");
  const page = readFileSync(guide, "utf8");
  const start = page.indexOf("| script | default port |");
  const end = page.indexOf("\n\n", start);
  assert.ok(start > 0 && end > start, "the guide has no table of scripts");
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(guide, page.slice(0, start) + table + page.slice(end));
  else assert.equal(page.slice(start, end), table);
});

test("each of the seventy-three scripts has one replacement, and each about a service has a default port", () => {
  assert.equal(new Set(earlierScripts.map(({ name }) => name)).size, 73);
  for (const { name, services } of earlierScripts) {
    const counterpart = counterparts.find(name);
    assert.ok(counterpart !== undefined, name);
    if (services === undefined) continue;
    assert.equal(counterpart.exitStatus, "verdict", name);
    assert.ok(counterpart.usualPort !== undefined, name);
  }
});
