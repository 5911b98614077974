import type { Config } from "../../src/config/config.ts";
import { emailSchema } from "../../src/notify/channels/mail/schema.ts";
import { type EmailSettings, emailSettings } from "../../src/notify/channels/mail/settings.ts";

/** How a configuration sends mail; `undefined` without a section `email`. */
export function mailSettings({ channels }: Pick<Config, "channels">, hostName = "box"): EmailSettings | undefined {
  const found = channels.find(({ channel }) => channel === "mail");
  return found && emailSettings(emailSchema.parse(found.section), hostName);
}
