import { type Kysely, type Selectable, sql } from "kysely";
import type { Delivery, DeliverySummary, Message } from "../../core/delivery.ts";
import type { Tables } from "../tables.ts";
import { storeBody } from "./message-bodies.ts";

export type DeliveryRow = Selectable<Tables["deliveries"]>;

/** Deliveries with the body of their message, wherever it is stored. */
export function selectDeliveries(reader: Kysely<Tables>) {
  return reader
    .selectFrom("deliveries")
    .leftJoin("message_bodies as b", "b.id", "deliveries.body")
    .selectAll("deliveries")
    .select([
      sql<string | null>`coalesce(b.text, deliveries.text)`.as("body_text"),
      sql<string | null>`coalesce(b.html, deliveries.html)`.as("body_html"),
      sql<string | null>`coalesce(b.json, deliveries.json)`.as("body_json"),
    ]);
}

/** A delivery with the body of its message: a row of {@link selectDeliveries}. */
interface WholeDeliveryRow extends DeliveryRow {
  readonly body_text: string | null;
  readonly body_html: string | null;
  readonly body_json: string | null;
}

export function toDelivery(row: WholeDeliveryRow): Delivery {
  return { ...toSummary(row), message: toMessage(row) };
}

/** The columns of a delivery without the body of its message. */
export const summaryColumns = [
  "id",
  "label",
  "channel",
  "recipient",
  "state",
  "created_at",
  "message_id",
  "message_date",
  "subject",
  "file_name",
  "attempts",
  "next_attempt_at",
  "delivered_at",
  "last_error",
  "is_uncertain",
] as const satisfies readonly (keyof DeliveryRow)[];

export function toSummary(row: Pick<DeliveryRow, (typeof summaryColumns)[number]>): DeliverySummary {
  const { message_id: messageId, message_date: date, subject, file_name: fileName } = row;
  return {
    id: row.id,
    label: row.label,
    channel: row.channel,
    recipient: row.recipient,
    state: row.state,
    createdAt: row.created_at,
    attempts: row.attempts,
    uncertain: row.is_uncertain === 1,
    message:
      messageId === null || date === null || subject === null
        ? undefined
        : { messageId, date, subject, fileName: fileName ?? undefined },
    nextAttemptAt: row.next_attempt_at ?? undefined,
    deliveredAt: row.delivered_at ?? undefined,
    lastError: row.last_error ?? undefined,
  };
}

/** Stores the body of a message. @returns the columns of a delivery that has this message */
export async function storeMessage(transaction: Kysely<Tables>, message: Message) {
  return {
    message_id: message.messageId,
    message_date: message.date,
    subject: message.subject,
    body: await storeBody(transaction, message),
    file_name: message.fileName ?? null,
    urgency: message.urgency ?? null,
  } satisfies Partial<DeliveryRow>;
}

function toMessage(row: WholeDeliveryRow): Message | undefined {
  const { message_id: messageId, message_date: date, subject, body_text: text } = row;
  if (messageId === null || date === null || subject === null || text === null) return undefined;
  return {
    messageId,
    date,
    subject,
    text,
    html: row.body_html ?? undefined,
    json: row.body_json ?? undefined,
    fileName: row.file_name ?? undefined,
    urgency: row.urgency ?? undefined,
  };
}
