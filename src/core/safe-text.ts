export interface SafeTextOptions {
  /** Characters (UTF-16 units) kept at most; what is cut is said. Default 1000. */
  readonly limit?: number;
  /** Keep line feeds and tabs, as in the output of a command. Default false: the result is one line. */
  readonly multiline?: boolean;
}

// C0 and C1 controls, DEL, bidirectional overrides and isolates (CVE-2021-42574), zero-width, blank and other invisible
// characters, variation selectors, line and paragraph separators, the byte-order mark, tags, and lone surrogates. Of
// these, what makes one emoji of its parts stays: a presentation selector behind one, a joiner between two (Unicode
// Technical Standard 51, sections 1.4.2 and 1.4.3).
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what this is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u115f\u1160\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]|\u034f|[\u17b4\u17b5]|[\u180b-\u180d]|[\ufe00-\ufe0d]|(?<!\p{Extended_Pictographic})[\ufe0e\ufe0f]|(?<!\p{Extended_Pictographic}\ufe0f?)\u200d|\u200d(?!\p{Extended_Pictographic})|[\u{e0100}-\u{e01ef}]|[\ud800-\udfff]/gu;

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
