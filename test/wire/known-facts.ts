import { match, type Outcome } from "../../src/wire/outcome.ts";

/**
 * A parser as `parserProperties` needs it: unknown facts are absent, and for a cut message the facts that
 * are still growing (`unsettled`: a path, an identification line) are left out.
 */
export function knownFacts<Value extends object>(
  parse: (bytes: Uint8Array) => Outcome<Value>,
  unsettled: readonly (keyof Value & string)[] = [],
): (bytes: Uint8Array) => Outcome<Readonly<Record<string, unknown>>> {
  const growing: ReadonlySet<string> = new Set(unsettled);
  return (bytes) => {
    const outcome = parse(bytes);
    if (outcome.kind !== "match") return outcome;
    const facts = Object.entries(outcome.value).filter(
      ([name, fact]) => fact !== undefined && (outcome.complete || !growing.has(name)),
    );
    return match(Object.fromEntries(facts), outcome.complete);
  };
}
