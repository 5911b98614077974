import type { ImportFormat } from "../../import/format.ts";

/** Options of `harbinger import`. */
export interface ImportCommandOptions {
  readonly format?: ImportFormat;
  readonly watch?: string;
  readonly dryRun?: boolean;
  readonly output?: string;
}
