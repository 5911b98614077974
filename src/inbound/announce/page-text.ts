import type { AlertPage } from "./page.ts";

/**
 * An alert as plain text, for push messages, chats and the text part of a mail: `Label: value` a line, an empty line
 * between
 * groups, the payload last. Its lines are indented, so that a client cannot forge lines of this text.
 */
export function pageText({ remark, groups, lists, payload, more }: AlertPage): string {
  const blocks = [
    ...(remark === undefined ? [] : [[remark]]),
    ...groups.map(({ facts }) => facts.map(({ label, value }) => `${label}: ${value}`)),
    ...lists.map(({ heading, entries, rest }) => [
      `${heading}:`,
      ...entries.map(({ name, connections }) => `  ${name}: ${connections}`),
      ...(rest === undefined ? [] : [`  ${rest}`]),
    ]),
    ...(more === undefined ? [] : [[`All of them: ${more}`]]),
    ...(payload === undefined ? [] : [[`${payload.label}:`, ...payload.text.split("\n").map((line) => `  ${line}`)]]),
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
