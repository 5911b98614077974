import { safeText } from "../core/safe-text.ts";

const mask = "[secret]";

/**
 * Takes known secrets out of text, as they are and as a mail server may repeat them (base64, alone or as the PLAIN
 * token of RFC 4616).
 */
export class Redactor {
  readonly #forms: readonly string[];

  constructor(secrets: { readonly passwords: readonly string[]; readonly user?: string }) {
    const forms = new Set<string>();
    for (const password of secrets.passwords) {
      if (password === "") continue;
      forms.add(password);
      forms.add(encodeURIComponent(password));
      for (const user of secrets.user === undefined ? [] : [secrets.user]) {
        forms.add(base64(`\0${user}\0${password}`));
        forms.add(base64(`${user}:${password}`));
      }
      forms.add(base64(password));
    }
    // The longest first: a form may stand inside another.
    this.#forms = [...forms].sort((one, other) => other.length - one.length);
  }

  /** `text` without the secrets, made safe to show. */
  redact(text: string, limit = 1000): string {
    // Before the cut, so that no half of a secret is left; what a stranger sent is bounded first.
    const cut = text.slice(0, limit * 8);
    let shown = cut.length < text.length ? cut.slice(0, cut.length - this.#lengthAtEnd(cut)) : cut;
    for (const form of this.#forms) shown = shown.replaceAll(form, mask);
    return safeText(shown, { limit });
  }

  /** How many characters at the end of `text` may be the beginning of a secret: a long one can be cut through. */
  #lengthAtEnd(text: string): number {
    const lengths = this.#forms.map((form) => {
      let length = Math.min(form.length - 1, text.length);
      while (length > 0 && !text.endsWith(form.slice(0, length))) length -= 1;
      return length;
    });
    return Math.max(0, ...lengths);
  }
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
