import type * as z from "zod";
import type { Check, CheckOperands, CheckRequest, CheckResult, QuickRun } from "../../core/check.ts";
import type { CheckContext } from "./check-context.ts";
import { describeOptions, readOptions } from "./options.ts";

type OptionSchema = z.ZodObject;
type FactsSchema = z.ZodType<Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>>;

/**
 * Everything about one check. Each check is a folder whose main file exports one definition; `registry.ts` lists them. The
 * command line, the reference, the configuration and the examination of known services read it.
 */
export interface CheckDefinition<Options extends OptionSchema, Facts extends FactsSchema> {
  readonly name: string;
  /** One line for `check --list`. */
  readonly description: string;
  /** When it passes, where the description does not tell it: for the reference and the help. */
  readonly passes?: string;
  /** The options with their defaults, by long name; see `options.ts`. */
  readonly options: Options;
  readonly operands?: CheckOperands;
  /** The facts of every result, passed or not. They are printed, stored, and read by {@link BuiltInCheck.readFacts}. */
  readonly facts: Facts;
  /** For the reference: the words after the check's name, and what it prints. */
  readonly sample: CheckSample;
  readonly timeoutMs?: number;
  readonly inExamination?: QuickRun;
  readonly inPostCommand?: QuickRun;
  run(
    request: CheckRequest<z.output<Options>>,
    signal: AbortSignal,
    context: CheckContext,
  ): Promise<CheckAnswer<z.input<Facts>>>;
}

interface CheckSample {
  readonly words: string;
  readonly output: string;
}

/** A result without the name of its check. */
export type CheckAnswer<Facts> = Omit<CheckResult<Facts>, "check">;

export interface BuiltInCheck<Facts = unknown> {
  readonly name: string;
  readonly sample: CheckSample;
  create(context: CheckContext): Check;
  /** The facts of a result of this check, typed; `undefined` for a result of another check, or in another form. */
  readFacts(result: CheckResult): Facts | undefined;
}

export function defineCheck<Options extends OptionSchema, Facts extends FactsSchema>(
  definition: CheckDefinition<Options, Facts>,
): BuiltInCheck<z.output<Facts>> {
  const { name, description, passes, sample, operands, timeoutMs, inExamination, inPostCommand } = definition;
  const options = describeOptions(definition.options);
  return {
    name,
    sample,
    create: (context) => ({
      name,
      description,
      passes,
      options,
      operands,
      timeoutMs,
      inExamination,
      inPostCommand,
      async run(request, signal) {
        const read = readOptions(definition.options, request.options);
        if (read.kind === "bad") {
          return { check: name, passed: false, output: read.reason, facts: { reason: read.reason } };
        }
        return { check: name, ...(await definition.run({ ...request, options: read.options }, signal, context)) };
      },
    }),
    readFacts: (result) => (result.check === name ? definition.facts.safeParse(result.facts).data : undefined),
  };
}
