import { Cron } from "croner";
import { suggestName } from "../core/nearest-name.ts";

/**
 * What is wrong with a cron expression: five fields, six with seconds before them, or a name such as `@hourly`.
 * @returns `undefined` where it is right
 */
export function cronProblem(expression: string): string | undefined {
  const text = expression.trim();
  if (text.length > 200) return "the cron expression is too long";
  const fields = text.split(/\s+/).length;
  if (text.startsWith("@") && !names.includes(text.toLowerCase())) {
    return `there is no such name for a schedule. ${suggestName(text, names)}`;
  }
  if (!text.startsWith("@") && fields !== 5 && fields !== 6) {
    return 'expected a cron expression of five fields, such as "*/15 * * * *"';
  }
  try {
    // From a fixed moment, so that the answer does not depend on the day.
    if (new Cron(text).nextRun(new Date(0)) === null) return "this schedule never comes";
  } catch (error) {
    return `wrong cron expression: ${reasonOf(error)}`;
  }
  return undefined;
}

const names = ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"];

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^Cron(?:Pattern)?: /, "");
}
