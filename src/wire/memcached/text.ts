import { readWholeCommandLine } from "../command-line.ts";
import { fact } from "../fact.ts";
import { match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";
import type { MemcachedCommand } from "./command.ts";

const key = "[^\\s]{1,250}";
const storage = new RegExp(`^(${key}) \\d{1,10} -?\\d{1,10} (\\d{1,9})( \\d{1,20})?( noreply)?$`);
const lookup = new RegExp(`^(${key})( ${key}){0,99}$`);
const counter = new RegExp(`^(${key}) \\d{1,20}( noreply)?$`);
const touching = new RegExp(`^-?\\d{1,10} (${key})( ${key}){0,99}$`);
const meta = new RegExp(`^(${key})( [A-Za-z]\\S{0,99}){0,20}$`);
const metaStorage = new RegExp(`^(${key}) (\\d{1,9})( [A-Za-z]\\S{0,99}){0,20}$`);

/** The commands, in lower case as memcached requires, and the form of their arguments. The first group is the key. */
const forms: ReadonlyMap<string, RegExp> = new Map([
  ["get", lookup],
  ["gets", lookup],
  ["gat", touching],
  ["gats", touching],
  ["set", storage],
  ["add", storage],
  ["replace", storage],
  ["append", storage],
  ["prepend", storage],
  ["cas", storage],
  ["incr", counter],
  ["decr", counter],
  ["touch", counter],
  ["delete", new RegExp(`^(${key})( 0)?( noreply)?$`)],
  ["stats", /^(\w[\w ]{0,63})?$/],
  ["version", /^$/],
  ["verbosity", /^\d{1,3}( noreply)?$/],
  ["flush_all", /^(?:-?\d{1,10})?(?: ?noreply)?$/],
  ["mg", meta],
  ["md", meta],
  ["ma", meta],
  ["me", meta],
  ["ms", metaStorage],
  ["mn", /^$/],
]);
const verbs = new Set(forms.keys());

/**
 * Weak to medium: a lower-case command with valid arguments. `get` with a path or a URL is HTTP.
 * https://github.com/memcached/memcached/blob/master/doc/protocol.txt
 */
export function parseText(bytes: Uint8Array): Outcome<MemcachedCommand> {
  const reader = new Reader(bytes);
  const line = readWholeCommandLine(reader, verbs, { exactCase: true });
  if (line.kind !== "match") return line;
  const { verb, argument } = line.value;
  const found = forms.get(verb)?.exec(argument);
  if (found === undefined || found === null) return mismatch;
  if (verb === "get" && /^\/|^https?:/.test(argument)) return mismatch;
  const name = found[1];
  const isMeta = verb.length === 2;
  const value = {
    encoding: isMeta ? ("meta" as const) : ("text" as const),
    command: verb,
    key: fact(name),
  };
  // A data block and a line end follow a storage command.
  const isStorage = forms.get(verb) === storage || verb === "ms";
  return match(value, !isStorage || reader.remaining >= Number(found[2]) + 2);
}
