import { jsonObject } from "../http/acceptance.ts";

/**
 * The chat that a group has become: `{"ok":false,"parameters":{"migrate_to_chat_id":-1001234}}`. A group that became a
 * supergroup has another identifier, and the old one is refused for good.
 * https://core.telegram.org/bots/api#responseparameters
 */
export function migratedChatId(text: string): string | undefined {
  const parameters = jsonObject(text)?.["parameters"];
  if (typeof parameters !== "object" || parameters === null) return undefined;
  const chat: unknown = Object.hasOwn(parameters, "migrate_to_chat_id")
    ? Reflect.get(parameters, "migrate_to_chat_id")
    : undefined;
  // Up to 52 bits, so that a number holds it.
  if (typeof chat === "number" && Number.isSafeInteger(chat)) return String(chat);
  return typeof chat === "string" && /^-?\d{1,20}$/.test(chat) ? chat : undefined;
}
