import type { HttpDescription, Identification } from "../../core/identification.ts";
import { safeText } from "../../core/safe-text.ts";
import { withoutFieldSecrets } from "../../wire/http/secrets.ts";
import type { Secret } from "../../wire/secret.ts";
import { findSecrets } from "../../wire/secrets.ts";
import { summarise } from "../../wire/summary.ts";
import { withoutSecretFacts } from "./secrets-in-facts.ts";

/** What is kept of the first bytes, and what they say. */
export interface CapturedBytes {
  readonly payload: Uint8Array;
  readonly identification: Identification;
}

const mask = 0x2a;
const maxPasswords = 16;
const maxPasswordCharacters = 256;
/** Identifications without passwords. */
const remembered = 16;

/**
 * Keeps passwords out of what is stored and told: their bytes become `*` in the payload, and the identification says how many. Where
 * the owner asks for passwords the payload stays as it was sent, and those that can be read stand in the identification.
 */
export class SecretMasking {
  readonly #keepsPasswords: boolean;
  readonly #identify: (bytes: Uint8Array) => Identification;
  /**
   * Equal first bytes give the very same identification: in a flood it has been looked at already. The latest few, one after the
   * other: what a weak set costs the garbage collector was 2 % of a connection where all requests differ.
   */
  readonly #harmless: Identification[] = [];
  #nextHarmless = 0;

  constructor(options: { readonly passwords: boolean; readonly identify: (bytes: Uint8Array) => Identification }) {
    this.#keepsPasswords = options.passwords;
    this.#identify = options.identify;
  }

  /** @param known the secrets, where they are known already: of a dialogue */
  apply(heard: CapturedBytes, known?: readonly Secret[]): CapturedBytes {
    const { payload, identification } = heard;
    if (known === undefined && this.#harmless.includes(identification)) return heard;
    const secrets = known ?? findSecrets(payload, identification);
    if (secrets.length === 0) {
      if (known === undefined) this.#addHarmless(identification);
      return heard;
    }
    return this.#keepsPasswords ? withPasswords(heard, secrets) : this.#masked(heard, secrets);
  }

  #addHarmless(identification: Identification): void {
    this.#harmless[this.#nextHarmless] = identification;
    this.#nextHarmless = (this.#nextHarmless + 1) % remembered;
  }

  #masked({ payload, identification }: CapturedBytes, secrets: readonly Secret[]): CapturedBytes {
    const masked = Uint8Array.from(payload);
    let maskedBytes = 0;
    let covered = 0;
    for (const { start, end } of secrets.toSorted((one, other) => one.start - other.start)) {
      masked.fill(mask, start, end);
      maskedBytes += Math.max(0, end - Math.max(start, covered));
      covered = Math.max(covered, end);
    }
    const shown = withoutSecretFacts(this.#withoutSecrets(identification, masked), payload, secrets);
    return { payload: masked, identification: { ...shown, maskedBytes } };
  }

  /** A password within what is told as it was sent: the target of a request, the beginning of unknown bytes. */
  #withoutSecrets(identification: Identification, masked: Uint8Array): Identification {
    const { http, protocol, summary } = identification;
    if (protocol === "unknown" && summary !== undefined) return { ...identification, summary: summarise(masked) };
    if (http === undefined) return identification;
    const again = protocol === "http2" ? undefined : this.#identify(masked).http;
    return { ...identification, http: again === undefined ? withoutFields(http) : withUser(again, http) };
  }
}

/** Who wants in is told, not what proves him. */
function withUser(
  again: HttpDescription,
  { authorization, user, domain, workstation }: HttpDescription,
): HttpDescription {
  return {
    ...again,
    ...(authorization !== undefined && { authorization }),
    ...(user !== undefined && { user }),
    ...(domain !== undefined && { domain }),
    ...(workstation !== undefined && { workstation }),
  };
}

/** Of a request that cannot be read again: its values were coded. */
function withoutFields({ method, path, host, userAgent, version }: HttpDescription): HttpDescription {
  return {
    method,
    path: withoutFieldSecrets(path),
    ...(host !== undefined && { host: host.slice(host.lastIndexOf("@") + 1) }),
    ...(userAgent !== undefined && { userAgent: withoutFieldSecrets(userAgent) }),
    ...(version !== undefined && { version }),
  };
}

function withPasswords({ payload, identification }: CapturedBytes, secrets: readonly Secret[]): CapturedBytes {
  const texts = secrets.flatMap(({ text }) => (text === undefined || text === "" ? [] : [text]));
  const passwords = [...new Set(texts)]
    .slice(0, maxPasswords)
    .map((text) => safeText(text, { limit: maxPasswordCharacters }));
  return { payload, identification: passwords.length === 0 ? identification : { ...identification, passwords } };
}
