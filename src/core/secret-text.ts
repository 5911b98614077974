/** Secrets as files, environment variables and YAML hold them: what editors and shells put around them is not part of them. */
import { encodingOf } from "../core/text-encoding.ts";
import { withoutTrailing } from "../core/trailing.ts";

export type SecretText =
  | { readonly kind: "text"; readonly text: string }
  /** Describes what is wrong with the file, without its content. */
  | { readonly kind: "bad"; readonly reason: string };

/** Reads the bytes of a file in UTF-8, with or without a byte order mark. */
export function decodeSecret(bytes: Uint8Array): SecretText {
  // PowerShell writes it.
  if (encodingOf(bytes) !== "utf-8") return { kind: "bad", reason: "is in UTF-16; save it as UTF-8" };
  let text: string;
  try {
    // The decoder takes the byte order mark away.
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { kind: "bad", reason: "is not text in UTF-8; save it as UTF-8" };
  }
  return text.includes("\0") ? { kind: "bad", reason: "is not text: it holds zero bytes" } : { kind: "text", text };
}

/** The secret without the line end after it. */
export function withoutLineEnd(text: string): string {
  return withoutTrailing(text, "\r\n");
}
