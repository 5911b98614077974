/** What the API answers, by its schemas. */
import type * as z from "zod";
import type { connectionSchema } from "../../present/connections/connection-schema.ts";
import type { hostDetailsSchema } from "../../present/hosts/host-schema.ts";

export type ConnectionJson = z.output<typeof connectionSchema>;
export type HostDetailsJson = z.output<typeof hostDetailsSchema>;

export type { HealthJson } from "../../present/health/health-schema.ts";
