import type { Audience, MessageForm } from "../../src/core/delivery.ts";

/** The form of messages through mail, file and any other channel. */
export function formOf({ channel }: Pick<Audience, "channel">): MessageForm {
  if (channel === "mail") return { kind: "text-and-html" };
  if (channel === "file") return { kind: "file" };
  return { kind: "short", maxTextBytes: 4096, takesJson: false };
}
