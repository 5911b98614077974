import { latin1, utf8 } from "../reader.ts";
import { type Piece, splitWord, type Transcript } from "./transcript.ts";

/** What comes of a step: the server asks for more (in base64), is done, or does not know the mechanism. */
export type SaslStep =
  | { readonly kind: "asks"; readonly challenge: string }
  | { readonly kind: "refused" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "unknown" };

const refused: SaslStep = { kind: "refused" };
const readableMechanisms: ReadonlySet<string> = new Set(["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER"]);

/**
 * A login by SASL that is always refused: PLAIN (RFC 4616), LOGIN (draft-murchison-sasl-login), CRAM-MD5 (RFC 2195), XOAUTH2
 * and OAUTHBEARER (RFC 7628). It tells the user to the transcript and hides what proves him.
 */
export class SaslExchange {
  readonly #mechanism: string;
  readonly #transcript: Transcript;
  #isUserKnown = false;

  constructor(mechanism: string, transcript: Transcript) {
    this.#mechanism = mechanism.toUpperCase();
    this.#transcript = transcript;
  }

  /** @param initial the initial response, where the client sent one with the command; `=` is an empty one */
  start(initial: Piece): SaslStep {
    if (!readableMechanisms.has(this.#mechanism)) {
      this.#transcript.hide(initial);
      return { kind: "unknown" };
    }
    const [first, rest] = splitWord(initial);
    // A client that sends user and password at once: neither is the other's.
    this.#transcript.hide(rest);
    if (first.text !== "" && first.text !== "=") return this.next(first);
    switch (this.#mechanism) {
      case "LOGIN":
        return asks("Username:");
      case "CRAM-MD5":
        return asks("<1896.697170952@mail.localdomain>");
      default:
        return asks("");
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
        // With one NUL alone the identity that comes first has been left out, and not the password.
        const [user = "", password] = parts.length === 3 ? parts.slice(1) : parts;
        if (parts.length > 1) this.#transcript.user(user);
        this.#transcript.hide(response, password);
        return refused;
      }
      default: {
        const user = text.startsWith("user=") ? text.slice(5) : (text.split(",", 3)[1] ?? "").replace(/^a=/, "");
        this.#transcript.user(user.split("\u0001", 1)[0] ?? "");
        this.#transcript.hide(response, text.split("auth=Bearer ", 2)[1]?.split("\u0001", 1)[0]);
        return refused;
      }
    }
  }

  #login(response: Piece, text: string): SaslStep {
    if (!this.#isUserKnown) {
      this.#isUserKnown = true;
      this.#transcript.user(text);
      return asks("Password:");
    }
    this.#transcript.hide(response, text);
    return refused;
  }
}

function asks(challenge: string): SaslStep {
  return { kind: "asks", challenge: Buffer.from(challenge).toString("base64") };
}
