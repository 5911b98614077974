import { latin1, utf8 } from "../reader.ts";
import { isMechanism } from "../typed-secrets.ts";
import { type Piece, splitWord, type Transcript } from "./transcript.ts";

/** The result of a step: the server sends a challenge (in base64), ends the login, or does not support the mechanism. */
export type SaslStep =
  | { readonly kind: "challenge"; readonly challenge: string }
  | { readonly kind: "refused" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "unknown" };

const refused: SaslStep = { kind: "refused" };
const readableMechanisms: ReadonlySet<string> = new Set(["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER"]);

/** Records the mechanism as a fact, or hides the word if it is not a mechanism. */
export function noteMechanism(mechanism: Piece, transcript: Transcript): void {
  if (isMechanism(mechanism.text)) transcript.fact("mechanism", mechanism.text.toUpperCase());
  else transcript.hide(mechanism);
}

/**
 * A login by SASL that is always refused: PLAIN (RFC 4616), LOGIN (draft-murchison-sasl-login), CRAM-MD5 (RFC 2195), XOAUTH2
 * and OAUTHBEARER (RFC 7628). It records the user in the transcript and hides the credentials.
 */
export class SaslExchange {
  readonly #mechanism: string;
  readonly #transcript: Transcript;
  #isUserKnown = false;

  constructor(mechanism: string, transcript: Transcript) {
    this.#mechanism = mechanism.toUpperCase();
    this.#transcript = transcript;
  }

  /** @param initial the initial response, if the client sent one with the command; `=` is an empty one */
  start(initial: Piece): SaslStep {
    if (!readableMechanisms.has(this.#mechanism)) {
      this.#transcript.hide(initial);
      return { kind: "unknown" };
    }
    const [first, rest] = splitWord(initial);
    // The client sends user and password together: the rest is a secret, too.
    this.#transcript.hide(rest);
    if (first.text !== "" && first.text !== "=") return this.next(first);
    switch (this.#mechanism) {
      case "LOGIN":
        return challenge("Username:");
      case "CRAM-MD5":
        return challenge("<1896.697170952@mail.localdomain>");
      default:
        return challenge("");
    }
  }

  /** @param response one line of the client */
  next(response: Piece): SaslStep {
    if (response.text === "*") return { kind: "cancelled" };
    const decoded = Buffer.from(response.text, "base64");
    const text = utf8(decoded) ?? latin1(decoded);
    switch (this.#mechanism) {
      case "LOGIN":
        return this.#login(response, text);
      case "CRAM-MD5": {
        this.#transcript.user(text.slice(0, Math.max(0, text.lastIndexOf(" "))));
        this.#transcript.hide(response);
        return refused;
      }
      case "PLAIN": {
        const parts = text.split("\0", 3);
        // With a single NUL the authorization identity is missing, not the password.
        const [user = "", password] = parts.length === 3 ? parts.slice(1) : parts;
        if (parts.length > 1) this.#transcript.user(user);
        this.#transcript.hide(response, password);
        return refused;
      }
      default: {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: it ends the user
        this.#transcript.user(/^(?:user=|[ny],a=)([^,\x01]*)/.exec(text)?.[1] ?? "");
        this.#transcript.hide(response, text.split("auth=Bearer ", 2)[1]?.split("\u0001", 1)[0]);
        return refused;
      }
    }
  }

  #login(response: Piece, text: string): SaslStep {
    if (!this.#isUserKnown) {
      this.#isUserKnown = true;
      const [name, user, password] = text.split("\0", 3);
      if (user === undefined && isBase64Text(response.text)) {
        this.#transcript.show(response);
        this.#transcript.user(name ?? "");
      } else {
        // A response in the form of PLAIN contains the password.
        if (password !== undefined) this.#transcript.user(user ?? "");
        this.#transcript.hide(response, password);
      }
      return challenge("Password:");
    }
    this.#transcript.hide(response, text);
    return refused;
  }
}

/** Base64 of readable text. */
function isBase64Text(text: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  const decoded = utf8(Buffer.from(text, "base64"));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a name has none
  return decoded !== undefined && !/[\x00-\x1f\x7f]/.test(decoded);
}

function challenge(text: string): SaslStep {
  return { kind: "challenge", challenge: Buffer.from(text).toString("base64") };
}
