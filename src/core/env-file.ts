/**
 * Files of environment variables, read as Docker Compose reads those under `env_file`
 * (https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax):
 * one `NAME=value` per line, `#` after a space begins a comment, and only quotes make a value of several lines. Node's own
 * reader ends a value at any `#`, also inside a password.
 */

export interface EnvFile {
  readonly variables: ReadonlyMap<string, string>;
  /** Names whose value stands in quotes: a `#` in it is a character. */
  readonly quoted: ReadonlySet<string>;
  /** Each names its line and shows nothing of a value. */
  readonly problems: readonly string[];
}

/** What `$NAME` in a value stands for. */
export type Lookup = (name: string) => string | undefined;

/** @param lookup variables that are set elsewhere; those further up in the file come first */
export function parseEnvFile(text: string, lookup: Lookup): EnvFile {
  const variables = new Map<string, string>();
  const quoted = new Set<string>();
  const problems: string[] = [];
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  const find = (name: string) => variables.get(name) ?? lookup(name);
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? "").trimStart().replace(/^export[ \t]+/, "");
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    const name = line.slice(0, Math.max(equals, 0)).trim();
    if (!/^[A-Za-z_][A-Za-z0-9_.]{0,127}$/.test(name)) {
      problems.push(`line ${at + 1}: expected NAME=value`);
      continue;
    }
    const value = line.slice(equals + 1).trimStart();
    const quote = value[0];
    if (quote === '"' || quote === "'") {
      const read = readQuoted(lines, { at, value, quote });
      if (read === undefined) {
        problems.push(`line ${at + 1}: the ${quote} of ${name} has no end`);
        continue;
      }
      at = read.lastLine;
      variables.set(name, quote === "'" ? read.text : readDoubleQuoted(read.text, find));
      quoted.add(name);
    } else {
      variables.set(name, expand(withoutComment(value).trimEnd(), find));
      quoted.delete(name);
    }
  }
  return { variables, quoted, problems };
}

/** From the opening quote to the next quote of its kind without a backslash before it, across lines. */
function readQuoted(
  lines: readonly string[],
  { at, value, quote }: { readonly at: number; readonly value: string; readonly quote: string },
): { readonly text: string; readonly lastLine: number } | undefined {
  const parts: string[] = [];
  let part = value.slice(1);
  for (let line = at; ; ) {
    const end = endOf(part, quote);
    if (end >= 0) {
      parts.push(part.slice(0, end));
      return { text: parts.join("\n"), lastLine: line };
    }
    parts.push(part);
    line += 1;
    const next = lines[line];
    if (next === undefined) return undefined;
    part = next;
  }
}

function endOf(text: string, quote: string): number {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\" && quote === '"') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

/** Between double quotes, backslashes count, too. */
function readDoubleQuoted(text: string, find: Lookup): string {
  return text.replace(/\\[nrt"\\]|[^\\]+|\\\$|\\/g, (part) =>
    part.length === 2 && part[0] === "\\" ? (escapes[part[1] ?? ""] ?? "$") : expand(part, find),
  );
}

/** A variable that is not set stays as it is written: a password with a dollar sign works. */
function expand(text: string, find: Lookup): string {
  return text.replace(
    /\$\$|\$([A-Za-z_][A-Za-z0-9_]{0,127})|\$\{([A-Za-z_][A-Za-z0-9_]{0,127})(?:(:?-)([^{}$]{0,4096}))?\}/g,
    (all, plain: string | undefined, braced: string | undefined, or: string | undefined, standard = "") => {
      if (all === "$$") return "$";
      const value = find(plain ?? braced ?? "");
      if (or === ":-") return value === undefined || value === "" ? standard : value;
      return value ?? (or === "-" ? standard : all);
    },
  );
}

/** A `#` begins a comment at the start and after white space; inside a word, as in a password, it is a character. */
export function withoutComment(value: string): string {
  const at = value.search(/(?<![^\s])#/);
  return at < 0 ? value : value.slice(0, at).trimEnd();
}
