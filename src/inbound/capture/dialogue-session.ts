import type { Identification } from "../../core/identification.ts";
import {
  type DialogueKind,
  dialogueKinds,
  dialoguesOf,
  readDialogue,
  serverNameOf,
} from "../../wire/dialogue/parse.ts";
import type { Dialogue } from "../../wire/dialogue/transcript.ts";
import { isProvenByBytes } from "../../wire/identify.ts";
import { endOfAnyHeader } from "../../wire/proxy-protocol/client.ts";
import { safeDescription } from "../../wire/safe-description.ts";
import type { Secret } from "../../wire/secret.ts";
import { findSecrets } from "../../wire/secrets.ts";

/** The dialogues that a decoy's banner allows. */
export interface Dialogues {
  readonly kinds: readonly DialogueKind[];
  readonly serverName: string | undefined;
}

/** `undefined` where no dialogue can follow the banner. */
export function dialoguesBehind(banner: Uint8Array): Dialogues | undefined {
  const kinds = dialoguesOf(banner);
  return kinds.length === 0 ? undefined : { kinds, serverName: serverNameOf(banner) };
}

const maxFirstLine = 256;

function isText(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x7f;
}

/** Only ASCII, and at least half of it printable. */
function isTyped(bytes: Uint8Array): boolean {
  const inspected = bytes.subarray(0, 256);
  return inspected.every((byte) => byte < 0x80) && inspected.filter(isText).length * 2 >= inspected.length;
}

const kinds: ReadonlySet<string> = new Set(dialogueKinds);

/** What to send now, if anything, and whether the dialogue ends. */
export interface DialogueStep {
  readonly answer: Uint8Array | undefined;
  readonly isOver: boolean;
}

/** One client's dialogue with a decoy: which answers to send, and what the client said. */
export class DialogueSession {
  readonly #dialogues: Dialogues;
  #kind: DialogueKind | undefined;
  #dialogue: Dialogue | undefined;
  #sent = 0;
  /** Bytes of a PROXY protocol header from an untrusted sender. */
  #skipped = 0;

  constructor(dialogues: Dialogues) {
    this.#dialogues = dialogues;
  }

  get hasBegun(): boolean {
    return this.#kind !== undefined;
  }

  /** The positions of secrets in the latest bytes; `undefined` where this is no dialogue. */
  get secrets(): readonly Secret[] | undefined {
    const skipped = this.#skipped;
    const secrets = this.#dialogue?.secrets;
    if (skipped === 0) return secrets;
    return secrets?.map((secret) => ({ ...secret, start: secret.start + skipped, end: secret.end + skipped }));
  }

  /** Takes all bytes that the client has sent so far.
   * @param seen the identification of these bytes alone
   * @returns `undefined` where this is no dialogue, or none yet
   */
  hear(bytes: Uint8Array, seen: Identification): DialogueStep | undefined {
    if (this.#kind === undefined) this.#skipped = seen.proxy?.headerBytes ?? 0;
    const ownBytes = this.#skipped === 0 ? bytes : bytes.subarray(this.#skipped);
    this.#kind ??= this.#kindOf(ownBytes, seen);
    if (this.#kind === undefined) return undefined;
    this.#dialogue = readDialogue(this.#kind, ownBytes, this.#dialogues.serverName);
    const { answers, isOver } = this.#dialogue;
    const answer = answers.slice(this.#sent).join("");
    this.#sent = answers.length;
    return { answer: answer === "" ? undefined : Buffer.from(answer, "latin1"), isOver };
  }

  /** Whether these unidentified bytes may be the start of the first line of a dialogue. */
  mayBegin(bytes: Uint8Array): boolean {
    return this.#kind === undefined && bytes.length <= maxFirstLine && bytes.every(isText);
  }

  /** What the client did. @param seen the identification of its bytes alone */
  identification(seen: Identification): Identification {
    if (this.#kind === undefined || this.#dialogue === undefined) return seen;
    const { scanner, probe, proxy } = seen;
    return {
      protocol: this.#kind,
      complete: true,
      scanner,
      probe,
      proxy,
      ...safeDescription({ [this.#kind]: this.#dialogue.facts }),
    };
  }

  /**
   * The secrets in bytes that began no dialogue; `undefined` where the general search is enough. At a login prompt
   * the second line is a password, even if the first line is not an accepted user name.
   */
  secretsWithoutDialogue(bytes: Uint8Array, seen: Identification): readonly Secret[] | undefined {
    if (seen.protocol !== "unknown" || !this.#dialogues.kinds.includes("telnet")) return undefined;
    const ownBytes = bytes.subarray(seen.proxy?.headerBytes ?? 0);
    if (seen.summary?.kind !== "text" && !isTyped(ownBytes)) return undefined;
    const end = ownBytes.findIndex((byte) => byte === 0x0a || byte === 0x0d || byte === 0x00);
    if (end === -1) return undefined;
    return [...findSecrets(bytes, seen), { start: bytes.length - ownBytes.length + end, end: bytes.length }];
  }

  #kindOf(bytes: Uint8Array, { protocol }: Identification): DialogueKind | undefined {
    // `POST` is also a command of NNTP: an HTTP request stays one.
    if (isProvenByBytes(protocol) && !kinds.has(protocol)) return undefined;
    if (protocol === "unknown" && endOfAnyHeader(bytes) !== undefined) return undefined;
    return this.#dialogues.kinds.find((kind) => {
      // Anything can be typed at a login prompt: other protocols take precedence.
      if (kind === "telnet" && protocol !== "telnet" && protocol !== "unknown") return false;
      return readDialogue(kind, bytes).recognised === "yes";
    });
  }
}
