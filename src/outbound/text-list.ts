import * as z from "zod";
import { splitList } from "../core/recipients.ts";

/** As {@link textList}, with at least one entry. */
export function nonEmptyTextList(what: string, isOne: (text: string) => boolean) {
  return textList(what, isOne).refine((value) => splitList(value).length > 0, `expected ${what}, or a list of them`);
}

/**
 * A list in the configuration: one text with commas, or a list of texts.
 * @param what an entry, for the message: `a mail address`
 * @param why what is wrong with an entry, where it is known
 */
export function textList(what: string, isOne: (text: string) => boolean, why?: (text: string) => string | undefined) {
  return z.union([z.string(), z.array(z.string())]).superRefine((value, context) => {
    const parts = typeof value === "string" ? [value] : value;
    for (const [index, part] of parts.entries()) {
      const wrong = splitList(part).find((text) => !isOne(text));
      if (wrong === undefined) continue;
      const path = typeof value === "string" ? [] : [index];
      const known = why?.(wrong);
      const reason = known === undefined ? "" : `: ${known}`;
      context.addIssue({
        code: "custom",
        path,
        message: `${JSON.stringify(wrong.slice(0, 80))} is not ${what}${reason}`,
      });
    }
  });
}
