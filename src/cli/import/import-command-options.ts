import type { ImportFormat } from "../../import/format.ts";

/** What `harbinger import` is told besides its files. */
export interface ImportCommandOptions {
  readonly format?: ImportFormat;
  readonly watch?: string;
  readonly dryRun?: boolean;
  readonly output?: string;
}
