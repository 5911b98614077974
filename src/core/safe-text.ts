export interface SafeTextOptions {
  /** Characters (UTF-16 units) kept at most; what is cut is counted. Default 1000. */
  readonly limit?: number;
  /** Keep line feeds and tabs, as in the output of a command. Default false: the result is one line. */
  readonly multiline?: boolean;
}

// C0 and C1 controls, DEL, bidirectional overrides and isolates (CVE-2021-42574), line and paragraph separators, the byte-order mark,
// lone surrogates, and everything that Unicode calls ignorable by default: zero-width, blank and other invisible characters, variation
// selectors, tags. Of these, what makes one emoji of its parts stays: a presentation selector behind one or in a keycap, a joiner
// between two (Unicode Technical Standard 51, sections 1.4.2 to 1.4.5).
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds these characters
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2800\ufeff\ufff9-\ufffb\u{13430}-\u{1343f}\u{e0001}-\u{e007f}]|(?![\u200d\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}|(?<!\p{Extended_Pictographic}|[0-9#*](?=\ufe0f\u20e3))[\ufe0e\ufe0f]|(?<!\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d|\u200d(?!\p{Extended_Pictographic})|[\ud800-\udfff]/gu;

/**
 * Makes text from a stranger safe to show: in a terminal, a log, a mail header, a page, a database. What could move a
 * cursor, break a line or reorder what is read becomes `.`; the length is bounded. HTML still needs its own escaping.
 */
export function safeText(text: string, options: SafeTextOptions = {}): string {
  const limit = options.limit ?? 1000;
  const cut = text.length > limit;
  // A bounded slice first, so that the work never depends on what a stranger sent.
  let shown = (cut ? text.slice(0, limit) : text).replaceAll("\r\n", "\n");
  if (cut) shown = shown.replace(/[\ud800-\udbff]$/, "");
  shown = shown.replace(unsafe, ".");
  if (options.multiline !== true) shown = shown.replace(/[\n\t]/g, " ");
  return cut ? `${shown}... [${text.length - limit} more]` : shown;
}

const htmlEntities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML content or as a quoted attribute value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => htmlEntities[character] ?? "");
}
