import type { HealthJson } from "./health-schema.ts";

/** What `examineHealth` of the running program found. */
export function healthJson(health: {
  readonly healthy: boolean;
  readonly parts: readonly HealthJson["parts"][number][];
}): HealthJson {
  return {
    healthy: health.healthy,
    parts: health.parts.map(({ part, healthy, finding, deliveries }) => ({ part, healthy, finding, deliveries })),
  };
}
