import { Cron } from "croner";
import { suggestName } from "../core/nearest-name.ts";

/**
 * Why a cron expression is invalid. Valid are five fields, six with seconds first, and names such as `@hourly`.
 * @returns `undefined` where it is valid
 */
export function cronProblem(expression: string): string | undefined {
  const text = expression.trim();
  if (text.length > 200) return "the cron expression is too long";
  const fields = text.split(/\s+/).length;
  if (text.startsWith("@") && !names.includes(text.toLowerCase())) {
    return `unknown schedule name. ${suggestName(text, names)}`;
  }
  if (!text.startsWith("@") && fields !== 5 && fields !== 6) {
    const interval = intervalOf(text);
    return interval === undefined
      ? 'expected a cron expression of five fields, such as "*/15 * * * *"'
      : `expected a cron expression of five fields; for every ${interval.every}: "${interval.cron}"`;
  }
  try {
    // From a fixed time, so that the result does not depend on the date.
    if (new Cron(text).nextRun(new Date(0)) === null) return "this schedule never runs";
  } catch (error) {
    return `wrong cron expression: ${reasonOf(error)}`;
  }
  return undefined;
}

/** The cron expression for an interval such as `30`, `30m` or `2h`, where it divides the hour or the day. */
function intervalOf(text: string): { readonly every: string; readonly cron: string } | undefined {
  const [, digits = "", unit = "m"] = /^(\d{1,3}) ?(m|min|h|d)?$/.exec(text) ?? [];
  const count = Number(digits);
  const minutes = unit === "d" ? count * 1440 : unit === "h" ? count * 60 : count;
  if (digits === "" || minutes === 0) return undefined;
  if (minutes === 1440) return { every: "day", cron: "0 3 * * *" };
  if (minutes === 60) return { every: "hour", cron: "0 * * * *" };
  if (minutes < 60 && 60 % minutes === 0) return { every: `${minutes} minutes`, cron: `*/${minutes} * * * *` };
  const hours = minutes / 60;
  return Number.isInteger(hours) && 24 % hours === 0
    ? { every: `${hours} hours`, cron: `0 */${hours} * * *` }
    : undefined;
}

const names = ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"];

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^Cron(?:Pattern)?: /, "");
}
