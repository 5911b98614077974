import type { Descriptions, Identification } from "../../core/identification.ts";
import {
  type DialogueKind,
  dialogueKinds,
  dialoguesOf,
  readDialogue,
  serverNameOf,
} from "../../wire/dialogue/parse.ts";
import type { Dialogue } from "../../wire/dialogue/transcript.ts";
import { isSurelyNamed } from "../../wire/identify.ts";
import { endOfAnyHeader } from "../../wire/proxy-protocol/client.ts";
import { makeSafe } from "../../wire/safe-description.ts";
import type { Secret } from "../../wire/secret.ts";
import { findSecrets } from "../../wire/secrets.ts";

/** The dialogues that a decoy's banner promises. */
export interface Dialogues {
  readonly kinds: readonly DialogueKind[];
  readonly serverName: string | undefined;
}

/** `undefined` where nothing can follow the banner. */
export function dialoguesBehind(banner: Uint8Array): Dialogues | undefined {
  const kinds = dialoguesOf(banner);
  return kinds.length === 0 ? undefined : { kinds, serverName: serverNameOf(banner) };
}

const maxFirstLine = 256;

function isText(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x7f;
}

/** Nothing but ASCII, of which the keyboard gives half or more. */
function isTyped(bytes: Uint8Array): boolean {
  const inspected = bytes.subarray(0, 256);
  return inspected.every((byte) => byte < 0x80) && inspected.filter(isText).length * 2 >= inspected.length;
}

const kinds: ReadonlySet<string> = new Set(dialogueKinds);

/** What is to be said now, if anything, and whether it is the last of it. */
export interface DialogueStep {
  readonly answer: Uint8Array | undefined;
  readonly isOver: boolean;
}

/** One client's dialogue with a decoy: it tells which answers are still to be sent, and what has been heard. */
export class DialogueSession {
  readonly #dialogues: Dialogues;
  #kind: DialogueKind | undefined;
  #dialogue: Dialogue | undefined;
  #sent = 0;
  /** Bytes of a PROXY protocol header that nobody was trusted to send. */
  #skipped = 0;

  constructor(dialogues: Dialogues) {
    this.#dialogues = dialogues;
  }

  get hasBegun(): boolean {
    return this.#kind !== undefined;
  }

  /** Where the secrets stand in the bytes heard last; `undefined` where this is no dialogue. */
  get secrets(): readonly Secret[] | undefined {
    const skipped = this.#skipped;
    const secrets = this.#dialogue?.secrets;
    if (skipped === 0) return secrets;
    return secrets?.map((secret) => ({ ...secret, start: secret.start + skipped, end: secret.end + skipped }));
  }

  /**
   * Takes all that the client has said so far.
   * @param seen what these bytes are by themselves
   * @returns `undefined` where this is no dialogue, or none yet
   */
  hear(bytes: Uint8Array, seen: Identification): DialogueStep | undefined {
    if (this.#kind === undefined) this.#skipped = seen.proxy?.headerBytes ?? 0;
    const said = this.#skipped === 0 ? bytes : bytes.subarray(this.#skipped);
    this.#kind ??= this.#kindOf(said, seen);
    if (this.#kind === undefined) return undefined;
    this.#dialogue = readDialogue(this.#kind, said, this.#dialogues.serverName);
    const { answers, isOver } = this.#dialogue;
    const answer = answers.slice(this.#sent).join("");
    this.#sent = answers.length;
    return { answer: answer === "" ? undefined : Buffer.from(answer, "latin1"), isOver };
  }

  /** Whether these bytes, which are nothing by themselves, may be the beginning of the dialogue's first line. */
  mayBegin(bytes: Uint8Array): boolean {
    return this.#kind === undefined && bytes.length <= maxFirstLine && bytes.every(isText);
  }

  /** What the client wanted. @param seen what its bytes are by themselves */
  identification(seen: Identification): Identification {
    if (this.#kind === undefined || this.#dialogue === undefined) return seen;
    const { scanner, probe, proxy } = seen;
    const facts: Descriptions = { [this.#kind]: { ...this.#dialogue.facts } };
    return {
      protocol: this.#kind,
      complete: true,
      ...(scanner !== undefined && { scanner }),
      ...(probe !== undefined && { probe }),
      ...(proxy !== undefined && { proxy }),
      ...makeSafe(facts),
    };
  }

  /**
   * The secrets in bytes that began no dialogue; `undefined` where nothing more is known of them than anywhere. What is typed at a login
   * prompt is a name and then a password, although the name is none that we take.
   */
  secretsWithoutDialogue(bytes: Uint8Array, seen: Identification): readonly Secret[] | undefined {
    if (seen.protocol !== "unknown" || !this.#dialogues.kinds.includes("telnet")) return undefined;
    const said = bytes.subarray(seen.proxy?.headerBytes ?? 0);
    if (seen.summary?.kind !== "text" && !isTyped(said)) return undefined;
    const end = said.findIndex((byte) => byte === 0x0a || byte === 0x0d || byte === 0x00);
    if (end === -1) return undefined;
    return [...findSecrets(bytes, seen), { start: bytes.length - said.length + end, end: bytes.length }];
  }

  #kindOf(bytes: Uint8Array, { protocol }: Identification): DialogueKind | undefined {
    // `POST` is a command of news, too: a request of HTTP stays one.
    if (isSurelyNamed(protocol) && !kinds.has(protocol)) return undefined;
    if (protocol === "unknown" && endOfAnyHeader(bytes) !== undefined) return undefined;
    return this.#dialogues.kinds.find((kind) => {
      // What is typed at a login prompt may be anything: another protocol goes first.
      if (kind === "telnet" && protocol !== "telnet" && protocol !== "unknown") return false;
      return readDialogue(kind, bytes).isSpoken === "yes";
    });
  }
}
