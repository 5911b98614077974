import { safeText } from "../core/safe-text.ts";
import { withoutTrailing } from "../core/trailing.ts";

const mask = "[secret]";

/**
 * Removes known secrets from text, unchanged and in the encodings in which a server may repeat them (base64, alone or as
 * the PLAIN token of RFC 4616).
 */
export class Redactor {
  readonly #forms: readonly string[];

  constructor(secrets: { readonly passwords: readonly string[]; readonly user?: string }) {
    const forms = new Set<string>();
    for (const password of secrets.passwords) {
      if (password === "") continue;
      forms.add(password);
      forms.add(encodeURIComponent(password.toWellFormed()));
      for (const user of secrets.user === undefined ? [] : [secrets.user]) {
        forms.add(base64(`\0${user}\0${password}`));
        forms.add(base64(`${user}:${password}`));
      }
      for (const form of encodedForms(password)) forms.add(form);
    }
    // The longest first: one form may contain another.
    this.#forms = [...forms].sort((one, other) => other.length - one.length);
  }

  /** `text` without the secrets, made safe for display. */
  redact(text: string, limit = 1000): string {
    // Redact before the text is cut, so that no part of a secret remains; unbounded input is limited first.
    const cut = text.slice(0, limit * 8);
    let shown = cut.length < text.length ? cut.slice(0, cut.length - this.#lengthAtEnd(cut)) : cut;
    for (const form of this.#forms) shown = shown.replaceAll(form, mask);
    return safeText(shown, { limit });
  }

  /** How many characters at the end of `text` may be the first part of a secret that was cut off there. */
  #lengthAtEnd(text: string): number {
    const lengths = this.#forms.map((form) => {
      let length = Math.min(form.length - 1, text.length);
      while (length > 0 && !text.endsWith(form.slice(0, length))) length -= 1;
      return length;
    });
    return Math.max(0, ...lengths);
  }
}

/** Shorter pieces occur in ordinary text too. */
const minPieceCharacters = 8;

/**
 * The encodings in which a server may repeat a secret: hexadecimal, base64 and base64url, also inside a longer encoded text, where
 * the neighbouring bytes change only the first and the last character (RFC 4648 sections 4 and 5).
 */
function encodedForms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  const pieces = [0, 1, 2].map((shift) => {
    const whole = withoutTrailing(Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64"), "=");
    return whole.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
  });
  const forms = [
    bytes.toString("base64"),
    bytes.toString("base64url"),
    ...pieces.filter((piece) => piece.length >= minPieceCharacters),
    ...(bytes.length >= minPieceCharacters / 2 ? [bytes.toString("hex"), bytes.toString("hex").toUpperCase()] : []),
  ];
  return forms.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_"), encodeURIComponent(form)]);
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
