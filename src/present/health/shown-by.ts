import type { ListedDeliveries } from "./health-schema.ts";

const commands: Readonly<Record<ListedDeliveries, string>> = {
  waiting: "harbinger deliveries",
  dead: "harbinger deliveries --state dead",
};

/** Which command shows the deliveries behind a finding. */
export function shownBy(deliveries: ListedDeliveries): string {
  return `${commands[deliveries]} shows why`;
}
