import type { HttpDescription, Identification } from "../../core/identification.ts";
import { safeText } from "../../core/safe-text.ts";
import { withoutFieldSecrets } from "../../wire/http/secrets.ts";
import type { Secret } from "../../wire/secret.ts";
import { findSecrets } from "../../wire/secrets.ts";
import { summarise } from "../../wire/summary.ts";
import { withoutSecretFacts } from "./secrets-in-facts.ts";

/** The captured first bytes, and their identification. */
export interface CapturedBytes {
  readonly payload: Uint8Array;
  readonly identification: Identification;
}

const mask = 0x2a;
const maxPasswords = 16;
const maxPasswordCharacters = 256;
/** How many identifications without passwords are cached. */
const remembered = 16;

/**
 * Keeps passwords out of the store and out of alerts: their bytes become `*` in the payload, and the identification
 * says how many. If the owner wants passwords, the payload stays as sent, and readable passwords are listed in the
 * identification.
 */
export class SecretMasking {
  readonly #keepsPasswords: boolean;
  readonly #identify: (bytes: Uint8Array) => Identification;
  /**
   * Equal first bytes give the same identification object, so in a flood it was checked already. A ring of the latest
   * few: a WeakSet cost 2 % of the time of a connection in garbage collection where all requests differ.
   */
  readonly #harmless: Identification[] = [];
  #nextHarmless = 0;

  constructor(options: { readonly passwords: boolean; readonly identify: (bytes: Uint8Array) => Identification }) {
    this.#keepsPasswords = options.passwords;
    this.#identify = options.identify;
  }

  /** @param known the secrets, if already known from a dialogue */
  apply(captured: CapturedBytes, known?: readonly Secret[]): CapturedBytes {
    const { payload, identification } = captured;
    if (known === undefined && this.#harmless.includes(identification)) return captured;
    const secrets = known ?? findSecrets(payload, identification);
    if (secrets.length === 0) {
      if (known === undefined) this.#addHarmless(identification);
      return captured;
    }
    return this.#keepsPasswords ? withPasswords(captured, secrets) : this.#masked(captured, secrets);
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

  /** Removes passwords from facts that repeat the payload: the target of a request, the preview of unknown bytes. */
  #withoutSecrets(identification: Identification, masked: Uint8Array): Identification {
    const { http, protocol, summary } = identification;
    if (protocol === "unknown" && summary !== undefined) return { ...identification, summary: summarise(masked) };
    if (http === undefined) return identification;
    const again = protocol === "http2" ? undefined : this.#identify(masked).http;
    return { ...identification, http: again === undefined ? withoutFields(http) : withUser(again, http) };
  }
}

/** Keeps the user and the method of the login; the password is masked. */
function withUser(
  again: HttpDescription,
  { authorization, user, domain, workstation }: HttpDescription,
): HttpDescription {
  return {
    ...again,
    authorization,
    user,
    domain,
    workstation,
  };
}

/** For a request that cannot be parsed again after masking, because its values are encoded. */
function withoutFields({ method, path, host, userAgent, version }: HttpDescription): HttpDescription {
  return {
    method,
    path: withoutFieldSecrets(path),
    host: host === undefined ? undefined : host.slice(host.lastIndexOf("@") + 1),
    userAgent: userAgent === undefined ? undefined : withoutFieldSecrets(userAgent),
    version,
  };
}

function withPasswords({ payload, identification }: CapturedBytes, secrets: readonly Secret[]): CapturedBytes {
  const texts = secrets.flatMap(({ text }) => (text === undefined || text === "" ? [] : [text]));
  const passwords = [...new Set(texts)]
    .slice(0, maxPasswords)
    .map((text) => safeText(text, { limit: maxPasswordCharacters }));
  return { payload, identification: passwords.length === 0 ? identification : { ...identification, passwords } };
}
