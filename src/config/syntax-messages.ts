/**
 * The message for each syntax error of the `yaml` library. The messages of the library quote the text, which may be a
 * password.
 */
const messages: Readonly<Record<string, string>> = {
  ALIAS_PROPS: "an alias (*name) cannot have an anchor or a tag; text that starts with * needs quotes",
  BAD_ALIAS: "there is no anchor of this name above; text that starts with * or & needs quotes",
  BAD_COLLECTION_TYPE: "the tag does not fit the value",
  BAD_DIRECTIVE: "unknown % directive; text that starts with % needs quotes",
  BAD_DQ_ESCAPE: "unknown \\ escape in a text in double quotes; use single quotes, or \\\\ for a backslash",
  BAD_INDENT: "wrong indentation, or a bracket or brace that is never closed",
  BAD_PROP_ORDER: "anchors and tags must be before the value",
  BAD_SCALAR_START: "text cannot start with this character; put it in quotes",
  BLOCK_AS_IMPLICIT_KEY: "two keys on one line, or text with a colon and a space in it, which needs quotes",
  BLOCK_IN_FLOW: "a block cannot be inside brackets or braces",
  IMPOSSIBLE: "not valid YAML",
  KEY_OVER_1024_CHARS: "the key is too long",
  MISSING_CHAR: "a character is missing here: a closing quote or bracket, a comma, or the colon after a key",
  MULTILINE_IMPLICIT_KEY: "a key must end with a colon on its own line",
  MULTIPLE_ANCHORS: "more than one anchor",
  MULTIPLE_DOCS: "more than one document (---) in the file; only one is read",
  MULTIPLE_TAGS: "more than one tag",
  NON_STRING_KEY: "expected a plain key",
  RESOURCE_EXHAUSTION: "the file is nested too deeply",
  TAB_AS_INDENT: "a tab in the indentation; use spaces",
  TAG_RESOLVE_FAILED: "unknown tag; text that starts with ! needs quotes",
  UNEXPECTED_TOKEN: "unexpected text here; text with special characters needs quotes",
};

export function messageOfSyntaxError(code: string): string {
  return messages[code] ?? "not valid YAML";
}
