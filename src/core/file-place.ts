/** Limits of Linux, macOS and the BSDs: bytes of one part of a path, and of a whole path. */
const maxPartBytes = 255;
const maxPathBytes = 4000;

const bytes = new TextEncoder();

/** Why no file or folder can have the path `text` of a configuration, or `undefined`. Permissions are not checked. */
export function placeProblem(text: string): string | undefined {
  if (text.includes("\0")) return "a path has no NUL";
  if (bytes.encode(text).length > maxPathBytes) return `a path has at most ${maxPathBytes} bytes`;
  if (text.split(/[/\\]/).some((part) => bytes.encode(part).length > maxPartBytes)) {
    return `each part of a path has at most ${maxPartBytes} bytes`;
  }
  return undefined;
}

/** For schemas: adds what {@link placeProblem} finds. */
export function checkPlace(
  text: string,
  context: { addIssue(issue: { readonly code: "custom"; readonly message: string }): void },
): void {
  const message = placeProblem(text);
  if (message !== undefined) context.addIssue({ code: "custom", message });
}
