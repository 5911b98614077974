interface Recipient {
  readonly channel: string;
  readonly recipient: string;
  /** Name of the report file. */
  readonly file?: string | undefined;
}

/** Whom a message is for, in one form wherever deliveries and reports are listed: a report file by its name, as it has no recipient. */
export function shownTo({ channel, recipient, file }: Recipient): string {
  return channel === "file" ? (file ?? "") : recipient;
}
