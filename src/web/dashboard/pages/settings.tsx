import { hostLiteral } from "../../../core/host-literal.ts";
import type { ListenerJson } from "../../../present/listeners/listener-schema.ts";
import { HealthFinding } from "../health-words.tsx";
import { Badge, Facts, Failure, Foreign, Heading, Lines } from "../parts.tsx";
import { useAnswer, useList, useProgram } from "../state.ts";
import { type Column, Table } from "../table.tsx";
import type { HealthJson } from "../types.ts";

function openAt({ address, ports }: ListenerJson["open"][number]): string {
  return `${hostLiteral(address)}:${ports}`;
}

const listenerColumns: readonly Column<ListenerJson>[] = [
  { title: "Listener", narrow: { line: 1 }, cell: ({ name }) => <Foreign text={name} /> },
  { title: "Ports", narrow: { line: 2 }, cell: ({ ports }) => <Foreign text={ports} /> },
  {
    title: "Open at",
    narrow: { line: 3 },
    cell: ({ open }) => <Foreign text={open.map(openAt).join("; ")} />,
  },
];

export function SettingsPage() {
  const { version, timeZone } = useProgram();
  const settings = useAnswer<unknown>("settings");
  const health = useAnswer<HealthJson>("health");
  const listeners = useList<ListenerJson>("listeners");
  return (
    <>
      <Heading title="Settings" />
      <Facts
        facts={[
          ["Version", version],
          ["Time zone", timeZone],
        ]}
      />
      <h2>Health</h2>
      <Failure message={health.error} again={health.reload} />
      <ul class="parts">
        {health.value?.parts.map(({ part, healthy, ...found }) => (
          <li key={part}>
            <Badge tone={healthy ? "good" : "bad"}>{part}</Badge> <HealthFinding {...found} />
          </li>
        ))}
      </ul>
      <h2>Listeners</h2>
      <Table
        caption="Listeners"
        columns={listenerColumns}
        list={listeners}
        keyOf={({ name }) => name}
        empty="No decoy port is configured."
      />
      <h2>Configuration</h2>
      <p class="note">
        As it is active, with secrets masked. To change it, edit the file and reload: harbinger reload.
      </p>
      <Failure message={settings.error} again={settings.reload} />
      {settings.value === undefined ? null : <Lines label="Configuration" text={outline(settings.value)} />}
    </>
  );
}

/** Nested values in lines, in the style of the configuration file. */
function outline(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const entries = Array.isArray(value) ? value.map((item) => ["-", item] as const) : Object.entries(value);
  return entries
    .map(([name, inner]) => {
      const key = name === "-" ? "-" : `${name}:`;
      const isNested = typeof inner === "object" && inner !== null && Object.keys(inner).length > 0;
      if (!isNested) return `${indent}${key} ${outline(inner)}`;
      return `${indent}${key}\n${outline(inner, `${indent}  `)}`;
    })
    .join("\n");
}
