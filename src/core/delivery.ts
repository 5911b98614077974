/**
 * The receiver of discoveries: one recipient of one label on one channel. Discoveries are announced per audience, and
 * "reported" means delivered to it.
 */
export interface Audience {
  readonly label: string;
  readonly channel: ChannelName;
  /** In the form of the channel: a mail address; for `file` the group's recipients, so that each group has its own file. */
  readonly recipient: string;
  /** Names of the watches that are reported to this audience, in the order of the configuration. */
  readonly watches: readonly string[];
}

/** The name of a channel in `notify/channels.ts`: `mail`, `file`, `ntfy`, `webhook`. */
export type ChannelName = string;

/**
 * What a delivery by ntfy has as its recipient. The topic works like a password, because anyone who knows it can read
 * the messages: it is only in the configuration, as the addresses of webhooks are.
 */
export const ntfyRecipient = "ntfy";

/** A recipient that `notify` lists can name. */
export interface PushTarget {
  readonly channel: ChannelName;
  /** Its name in these lists. */
  readonly recipient: string;
}

/** The form of the messages to a recipient. */
export type MessageForm =
  /** The whole report or alert as text and HTML, such as a mail. */
  | { readonly kind: "text-and-html" }
  /** The whole report as text, with a file name and with JSON for programs. */
  | { readonly kind: "file" }
  /** The most important lines. */
  | {
      readonly kind: "short";
      /** Of text in one message, in UTF-8. */
      readonly maxTextBytes: number;
      /** Whether a message is given the whole report as JSON too. */
      readonly takesJson: boolean;
    };

/**
 * The life of a delivery.
 * - `open`: discoveries are linked to it, the message is not composed yet. Created in the transaction of the
 *   discoveries.
 * - `queued`: the message is composed; it waits for `nextAttemptAt`.
 * - `sending`: an attempt is in progress, by the process that holds the lock.
 * - `delivered`: the channel accepted the message.
 * - `dead`: rejected permanently, or given up after the last attempt; visible, and can be retried.
 * - `superseded`: a newer message to the same audience carries everything that this one announced.
 */
export type DeliveryState = "open" | "queued" | "sending" | "delivered" | "dead" | "superseded";

/** A composed message, the same for every attempt. */
export interface Message {
  /**
   * RFC 5322 message identifier with angle brackets; the same on every attempt, so a receiver can drop a duplicate.
   */
  readonly messageId: string;
  /** When it was composed; the `Date` header. */
  readonly date: number;
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
  /** The machine-readable report, for channels that keep it. */
  readonly json?: string | undefined;
  /** `high`: part of it is urgent (exposed, expired, returned); channels with priorities raise theirs. */
  readonly urgency?: "high" | undefined;
  /** For `file`: the name without a directory. */
  readonly fileName?: string | undefined;
}

export interface Delivery {
  readonly id: number;
  readonly label: string;
  readonly channel: ChannelName;
  readonly recipient: string;
  readonly state: DeliveryState;
  readonly createdAt: number;
  readonly message?: Message | undefined;
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly nextAttemptAt?: number | undefined;
  readonly deliveredAt?: number | undefined;
  /** The error of the last failed attempt, made safe, without secrets. */
  readonly lastError?: string | undefined;
  /**
   * An attempt was cut off before its outcome was known: the channel may have accepted the message. It is repeated
   * unchanged with the same identifier, never merged into another.
   */
  readonly uncertain: boolean;
}

/** A delivery without the body of its message. */
export interface DeliverySummary extends Omit<Delivery, "message"> {
  /** It is due, and waits for this other delivery to the same recipient, which is being sent or is tried again later. */
  readonly waitsFor?: number | undefined;
  readonly message?: Pick<Message, "messageId" | "date" | "subject" | "fileName"> | undefined;
}

/** The outcome of one attempt. */
export type SendOutcome =
  | { readonly kind: "delivered"; readonly detail?: string | undefined }
  /**
   * May succeed later; `retryAfterMs` where the remote server gave a time. `uncertain` where the attempt was cut off
   * when the server may already have accepted the message. `closed` where it was not about this message: any other
   * message to this recipient would fail now as well (nobody answers, no login, too many messages).
   */
  | {
      readonly kind: "retry";
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
      readonly uncertain?: boolean | undefined;
      readonly closed?: boolean | undefined;
    }
  /** Can never succeed for this message and recipient. */
  | { readonly kind: "rejected"; readonly reason: string };

/** The deliveries to one recipient on one channel, which are sent one after the other, oldest first. */
export interface Lane {
  readonly channel: ChannelName;
  readonly recipient: string;
}

/** A lane from which nothing is sent now, except the delivery that tests whether it is open again. */
export interface ClosedLane extends Lane {
  /** The id of that delivery, where there is one. */
  readonly scout?: number;
}

/** One way to send a message. Expected failures are outcomes; a reason contains no secret. */
export interface Channel {
  send(message: Message, recipient: string, signal: AbortSignal): Promise<SendOutcome>;
}
