import type { Verdict } from "../../../core/check.ts";
import type { Conversation } from "../../probe/conversation.ts";

/** Whether a service can be used by anybody, and why that is said. */
export interface Judgement {
  readonly verdict: Verdict;
  /** `answers PING without a password`. */
  readonly reason: string;
  /** What only the judging told. */
  readonly version?: string;
  /** Further facts, plain data. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A service that was recognised. Texts are as the stranger sent them: bounded, not safe for display. */
export interface Recognised {
  readonly protocol: string;
  readonly product?: string;
  readonly version?: string;
  /** What proves it: `SSH-2.0-OpenSSH_9.2p1`, `+PONG`. */
  readonly evidence: string;
  /** Further facts, plain data. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Goes on with the conversation to find out whether anybody may use the service. Nobody logs in, nothing is written. */
  judge(): Promise<Judgement> | Judgement;
}

/**
 * One protocol that is not HTTP: how to recognise a server of it, and how to tell whether it is exposed. To add one, write
 * such an object in `protocols/` and name it in `protocols.ts`.
 */
export interface ProtocolModule {
  /** `redis`; what `--service` takes. */
  readonly name: string;
  /** `Redis`. */
  readonly title: string;
  /** Ports on which it is usually found. */
  readonly ports: readonly number[];
  /** Of those, the ones on which TLS comes first. */
  readonly tlsPorts?: readonly number[];
  /** The server greets. Protocol names in {@link Recognised} are then those of its greeting. */
  readonly speaksFirst?: boolean;
  /** It is never asked by TLS. */
  readonly isPlainOnly?: boolean;
  /**
   * The strongest verdict that its answers can prove: a MySQL greeting requires authentication, whoever may log in. A test
   * demands a case for it, and one for another.
   */
  readonly proves: Verdict;
  /** On ports that belong to no protocol, it is asked for after all others. Default false. */
  readonly onUsualPortsOnly?: boolean;
  /**
   * Whether these bytes, which came instead of an answer to another protocol, are how its servers complain. It is then asked
   * next.
   */
  complains?(opening: Uint8Array): boolean;
  /** @returns `undefined` where the server is something else; what it sent then stands in the conversation's `opening` */
  recognise(conversation: Conversation): Promise<Recognised | undefined>;
}

export const exposed = (reason: string, more: Omit<Judgement, "verdict" | "reason"> = {}): Judgement => ({
  verdict: "exposed",
  reason,
  ...more,
});

export const isProtected = (reason: string, more: Omit<Judgement, "verdict" | "reason"> = {}): Judgement => ({
  verdict: "protected",
  reason,
  ...more,
});

export const inconclusive = (reason: string, more: Omit<Judgement, "verdict" | "reason"> = {}): Judgement => ({
  verdict: "inconclusive",
  reason,
  ...more,
});
