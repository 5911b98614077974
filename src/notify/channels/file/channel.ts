import type { ChannelDefinition } from "../../channel-definition.ts";
import { FileChannel } from "./file-channel.ts";
import { type ReportsSection, reportsSchema } from "./schema.ts";

/** Reports as files in a folder. */
export const fileChannel: ChannelDefinition<ReportsSection> = {
  name: "file",
  path: ["reports"],
  hasEntries: false,
  schema: reportsSchema,
  sample: "reports: { save_to_file: true, directory: reports }",
  recipients: "none",
  form: { kind: "file" },
  create: ({ directory }) => new FileChannel({ directory }),
};
