import * as z from "zod";
import type { CheckOption, CheckOptions } from "../../core/check.ts";
import { isStartTlsProtocol, type StartTlsProtocol, startTlsProtocols } from "../probe/starttls/starttls.ts";

/** An option without a value. */
export function switchOption(description: string) {
  return z.boolean().default(false).meta({ description });
}

/** @param placeholder shown for the value in help texts: `path` */
export function textOption(placeholder: string, description: string) {
  return z.string().optional().meta({ description, placeholder });
}

export function wholeNumberOption(
  placeholder: string,
  { min, max, standard, description }: WholeNumber & { readonly description: string },
) {
  const message = `takes a number from ${min} to ${max}`;
  return z
    .string(message)
    .refine((text) => /^\d{1,12}$/.test(text) && Number(text) >= min && Number(text) <= max, message)
    .transform(Number)
    .default(standard)
    .meta({ description, placeholder });
}

interface WholeNumber {
  readonly min: number;
  readonly max: number;
  readonly standard: number;
}

const startTlsAliases: Readonly<Record<string, StartTlsProtocol>> = { postgresql: "postgres", mariadb: "mysql" };

export const startTlsOption = z
  .string()
  .transform((text, context): StartTlsProtocol => {
    const protocol = startTlsAliases[text] ?? text;
    if (isStartTlsProtocol(protocol)) return protocol;
    context.addIssue({ code: "custom", message: `takes one of ${startTlsProtocols.join(", ")}` });
    return z.NEVER;
  })
  .optional()
  .meta({
    description: `request TLS inside a protocol first (STARTTLS): ${startTlsProtocols.join(", ")}`,
    placeholder: "protocol",
  });

export const serverNameOption = textOption(
  "name",
  "the name to send (SNI) and to expect in the certificate, instead of HOST",
);

/** The options of a check for the command line and the reference. */
export function describeOptions(options: z.ZodObject): readonly CheckOption[] {
  return Object.entries(options.shape).map(([name, schema]): CheckOption => {
    const { description = "", placeholder } = z.globalRegistry.get(schema) ?? {};
    if (typeof placeholder !== "string") return { name, description };
    return { name, value: placeholder, description, refuses: (value) => reasonAgainst(name, schema, value) };
  });
}

export type ReadOptions<Options> =
  | { readonly kind: "options"; readonly options: Options }
  | { readonly kind: "bad"; readonly reason: string };

/** An empty value counts as none. */
export function readOptions<Schema extends z.ZodObject>(
  schema: Schema,
  given: CheckOptions,
): ReadOptions<z.output<Schema>> {
  const read = schema.safeParse(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== "")));
  if (read.success) return { kind: "options", options: read.data };
  const [issue] = read.error.issues;
  return { kind: "bad", reason: `--${issue?.path.join(".")} ${issue?.message}` };
}

function reasonAgainst(name: string, schema: z.core.$ZodType, value: string): string | undefined {
  const read = z.safeParse(schema, value);
  return read.success ? undefined : `--${name} ${read.error.issues[0]?.message}`;
}
