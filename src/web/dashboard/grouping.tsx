/** Groups of rows in the lists of the network. */
import { useMemo } from "preact/hooks";
import type { Address } from "../../core/address.ts";
import { subnetOf } from "../../core/subnet.ts";
import type { WatchJson } from "../../present/watches/watch-schema.ts";
import type { Rows } from "./api.ts";
import { useAnswer } from "./state.ts";

export interface Group<Row> {
  readonly name: string;
  readonly title: string;
  readonly groupOf: (row: Row) => string;
}

interface GroupingProps {
  readonly chosen: string;
  readonly choices: readonly Pick<Group<never>, "name" | "title">[];
  readonly choose: (name: string) => void;
}

export function Grouping({ chosen, choices, choose }: GroupingProps) {
  return (
    <p class="grouping">
      <label for="grouping">Group by</label>
      <select id="grouping" value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">Nothing</option>
        {choices.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </p>
  );
}

/** The API gives canonical addresses alone. */
export function subnetName(address: string | undefined): string {
  return address === undefined ? "No address" : subnetOf(address as Address);
}

/** Labels of the configured watches, by name. */
export function useLabels(): ReadonlyMap<string, string> {
  const { value } = useAnswer<Rows<WatchJson>>("watches", { limit: 1000 });
  return useMemo(() => new Map(value?.rows.map(({ name, label }) => [name, label])), [value]);
}
