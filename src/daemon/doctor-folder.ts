import { accessSync, constants, existsSync, statSync } from "node:fs";
import path from "node:path";
import type { Diagnosis } from "../core/diagnosis.ts";
import { messageOf } from "../core/errors.ts";

/** Whether files can be written in a folder, or the folder can be created. */
export function examineFolder(subject: string, folder: string): Diagnosis {
  const full = path.resolve(folder);
  let existing = full;
  while (!existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing);
  try {
    if (!statSync(existing).isDirectory()) throw new Error(`${existing} is not a folder`);
    accessSync(existing, constants.W_OK | constants.X_OK);
    return { state: "ok", subject, finding: existing === full ? `${full} can be written` : `${full} will be created` };
  } catch (error) {
    return {
      state: "bad",
      subject,
      finding: `${full} cannot be written: ${messageOf(error)}`,
      remedy: "Give the user that runs harbinger write permission, or configure another folder.",
    };
  }
}
