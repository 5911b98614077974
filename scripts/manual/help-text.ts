/** The parts of the text of `--help` below its lists. */
export interface HelpText {
  readonly blocks: readonly HelpBlock[];
  /** Command lines, without their `$`. */
  readonly examples: readonly string[];
}

export type HelpBlock =
  | { readonly kind: "prose"; readonly text: string }
  /** Lines with significant breaks and blanks. */
  | { readonly kind: "lines"; readonly text: string };

/** Reads the text: indented lines are kept, others are prose, and `Examples:` are command lines. */
export function readHelpText(text: string): HelpText {
  const [before = "", after = ""] = text.split(/^Examples:\n/m);
  const examples = [...after.matchAll(/^ {2}\$ (.*)$/gm)].map((match) => match[1] ?? "");
  return { blocks: blocksOf(before), examples };
}

function blocksOf(text: string): readonly HelpBlock[] {
  const blocks: { kind: HelpBlock["kind"]; lines: string[] }[] = [];
  let isApart = true;
  for (const line of text.split("\n")) {
    if (line.trim() === "") {
      isApart = true;
      continue;
    }
    const kind = line.startsWith(" ") ? "lines" : "prose";
    const last = blocks.at(-1);
    if (isApart || last === undefined || last.kind !== kind) blocks.push({ kind, lines: [line] });
    else last.lines.push(line);
    isApart = false;
  }
  return blocks.map(({ kind, lines }) => ({ kind, text: lines.join("\n") }));
}
