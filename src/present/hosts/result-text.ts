import type { CheckResult } from "../../core/check.ts";
import { safeText } from "../../core/safe-text.ts";
import { outdented } from "../text/indented.ts";

/** What a check found, in lines, without the verdict, which is shown beside them. Safe to print. @param limit in characters */
export function resultText({ verdict, output }: Pick<CheckResult, "verdict" | "output">, limit: number): string {
  const text = outdented(safeText(output, { multiline: true, limit }));
  return verdict !== undefined && text.startsWith(`${verdict}: `) ? text.slice(verdict.length + 2) : text;
}
