import { formatPorts } from "../../core/ports.ts";
import type { ListenerState } from "../../core/running-state.ts";
import type { ListenerJson } from "./listener-schema.ts";

export function listenerJson({ name, ports, endpoints, resetEarly }: ListenerState): ListenerJson {
  const byAddress = Map.groupBy(endpoints, ({ address }) => address);
  return {
    name,
    ports: formatPorts(ports),
    portCount: ports.length,
    open: [...byAddress].map(([address, open]) => ({ address, ports: formatPorts(open.map(({ port }) => port)) })),
    resetEarly,
  };
}
