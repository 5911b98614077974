/** The markup of man pages: man(7). Text is escaped only here. */

export function pageHead(page: {
  readonly name: string;
  readonly section: 1 | 5;
  readonly date: string;
  readonly version: string;
}): string {
  const { name, section, date, version } = page;
  const volume = section === 1 ? "User Commands" : "File Formats";
  return `.\\" Made by npm run package:help.\n.TH ${argument(name.toUpperCase())} ${section} ${date} ${argument(`Harbinger ${version}`)} ${argument(volume)}\n`;
}

/** A page from its parts. Text after a heading begins a paragraph by itself. */
export function joined(parts: readonly string[]): string {
  return parts.join("").replaceAll(/^(\.S[HS] .*\n)\.PP\n/gm, "$1");
}

export function heading(title: string): string {
  return `.SH ${argument(title.toUpperCase())}\n`;
}

export function subheading(title: string): string {
  return `.SS ${argument(title)}\n`;
}

export function paragraph(text: string): string {
  return `.PP\n${lines(text)}`;
}

/** A term and its explanation; the term is already markup. */
export function definition(term: string, text: string): string {
  return `.TP\n${guarded(term)}\n${lines(text)}`;
}

/** Lines that are kept unchanged. */
export function literal(text: string): string {
  return `.PP\n.nf\n.RS 4\n${text.split("\n").map(escaped).map(guarded).join("\n")}\n.RE\n.fi\n`;
}

export function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

export function italic(text: string): string {
  return `\\fI${escaped(text)}\\fR`;
}

export function escaped(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("'", "\\(aq").replaceAll("`", "\\(ga");
}

function lines(text: string): string {
  const folded = text
    .trim()
    .split("\n")
    .map((line) => guarded(escaped(line.trim())))
    .join("\n");
  return `${folded}\n`;
}

/** A line that begins with a dot or an apostrophe would be a request. */
function guarded(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

function argument(text: string): string {
  return `"${escaped(text).replaceAll('"', "\\(dq")}"`;
}
