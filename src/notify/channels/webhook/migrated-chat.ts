import { jsonObject } from "../http/acceptance.ts";

/**
 * The new identifier of a group chat: `{"ok":false,"parameters":{"migrate_to_chat_id":-1001234}}`. A group that becomes a
 * supergroup gets another identifier, and the old one is rejected from then on.
 * https://core.telegram.org/bots/api#responseparameters
 */
export function migratedChatId(text: string): string | undefined {
  const parameters = jsonObject(text)?.["parameters"];
  if (typeof parameters !== "object" || parameters === null) return undefined;
  const chat: unknown = Object.hasOwn(parameters, "migrate_to_chat_id")
    ? Reflect.get(parameters, "migrate_to_chat_id")
    : undefined;
  // At most 52 bits, which a number holds exactly.
  if (typeof chat === "number" && Number.isSafeInteger(chat)) return String(chat);
  return typeof chat === "string" && /^-?\d{1,20}$/.test(chat) ? chat : undefined;
}
