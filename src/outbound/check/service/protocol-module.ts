import type { Verdict } from "../../../core/check.ts";
import type { Conversation } from "../../probe/conversation.ts";

/** Whether a service can be used without authentication, and the reason. */
export interface Judgement {
  readonly verdict: Verdict;
  /** `answers PING without a password`. */
  readonly reason: string;
  /** A version that only the judgement found. */
  readonly version?: string | undefined;
  /** Further facts, plain data. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** A service that was recognised. Texts are as the server sent them: bounded, but not escaped. */
export interface Recognised {
  readonly protocol: string;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
  /** What proves it: `SSH-2.0-OpenSSH_9.2p1`, `+PONG`. */
  readonly evidence: string;
  /** The server answers without TLS only that it requires TLS. */
  readonly requiresTls?: boolean | undefined;
  /** Further facts, plain data. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** Continues the conversation to find out whether the service can be used without authentication. Read-only; sends no passwords. */
  judge(): Promise<Judgement> | Judgement;
}

/**
 * One protocol that is not HTTP: how to recognise a server, and how to decide whether it is exposed. To add one, write
 * such an object in `protocols/` and list it in `protocols.ts`.
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
  /** The server sends a greeting. {@link Recognised} then has the protocol name of that greeting. */
  readonly speaksFirst?: boolean;
  /** Never tried inside TLS. */
  readonly isPlainOnly?: boolean;
  /**
   * The strongest verdict that its answers can prove. A test requires one case with this verdict, and one without.
   */
  readonly proves: Verdict;
  /** Tried only on its usual ports, because its answer alone is weak proof. Default false. */
  readonly onUsualPortsOnly?: boolean;
  /**
   * Whether these bytes are the error message of its servers to a request of another protocol. It is then tried next.
   */
  complains?(opening: Uint8Array): boolean;
  /** @returns `undefined` where the server is something else; its bytes are then in `opening` of the conversation */
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
