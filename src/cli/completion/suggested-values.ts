import type { Argument, Option } from "commander";

/** What a shell may suggest for an argument or the value of an option. */
export type SuggestedValues =
  | { readonly kind: "none" }
  | { readonly kind: "file" }
  /** `@FILE`, next to other forms that cannot be suggested. */
  | { readonly kind: "at-file" }
  | { readonly kind: "words"; readonly words: readonly string[] };

type Source = () => readonly string[] | Promise<readonly string[]>;

const sources = new WeakMap<Argument | Option, Source>();
const atFiles = new WeakSet<Argument | Option>();

/** Suggests words but accepts others. `source` is called for completions only, so it may load modules. */
export function suggestWords<Value extends Argument | Option>(value: Value, source: Source): Value {
  sources.set(value, source);
  return value;
}

/** Suggests files after an `@`. */
export function suggestAtFile<Value extends Argument | Option>(value: Value): Value {
  atFiles.add(value);
  return value;
}

/** Choices and suggested words; files where the placeholder is called `file`. */
export async function suggestedValues(
  value: Argument | Option,
  { placeholder, choices }: { readonly placeholder: string; readonly choices: readonly string[] | undefined },
): Promise<SuggestedValues> {
  if (choices !== undefined) return { kind: "words", words: choices };
  const source = sources.get(value);
  if (source !== undefined) return { kind: "words", words: await source() };
  if (atFiles.has(value)) return { kind: "at-file" };
  return placeholder === "file" ? { kind: "file" } : { kind: "none" };
}
