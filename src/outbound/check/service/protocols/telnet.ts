import { parse as parseGreeting } from "../../../../wire/greeting/parse.ts";
import { incomplete, match, mismatch, type Outcome } from "../../../../wire/outcome.ts";
import { latin1 } from "../../../../wire/reader.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

const iac = 0xff;
const will = 0xfb;
const wont = 0xfc;
const doIt = 0xfd;
const dont = 0xfe;

/** Refuses every option that the server offers; then it continues to its prompt. RFC 854, 855. */
function refuseOptions(bytes: Uint8Array): Uint8Array {
  const answer: number[] = [];
  for (let at = 0; at + 2 < bytes.length && answer.length < 192; at++) {
    if (bytes[at] !== iac) continue;
    const verb = bytes[at + 1];
    const option = bytes[at + 2] ?? 0;
    if (verb === doIt) answer.push(iac, wont, option);
    if (verb === will) answer.push(iac, dont, option);
    at += 2;
  }
  return Uint8Array.from(answer);
}

/** `login: `, and `Username>` of devices that end every prompt in the same way. */
function asksForLogin(prompt: string): boolean {
  return (
    prompt.endsWith(":") ||
    /(?:log[ -]?in|log[ -]?on|user(?: ?name| ?id)?|password|passcode|pin)\s*[#$>%]$/i.test(prompt)
  );
}

/** The text between the commands, until it ends in a prompt. */
function parsePrompt(bytes: Uint8Array): Outcome<string> {
  const text = latin1(bytes, 0, Math.min(bytes.length, 4096))
    .replace(/\xff[\xfb-\xfe]./gs, "")
    .replace(/\xff\xfa.*?(?:\xff\xf0|$)/gs, "");
  const last = text.trimEnd().split(/\r?\n/).at(-1)?.trim() ?? "";
  if (/(?:login|user ?name|user|password|passcode)\s*:$/i.test(last)) return match(last);
  if (/[#$>%]$/.test(last) && last.length < 80) return match(last);
  return bytes.length < 4096 ? incomplete : mismatch;
}

/** Programs by the text before their prompt, with a group for the version where it is there. */
const products: readonly (readonly [RegExp, string])[] = [
  [/Hello, this is FRRouting \(version (\d[\w.]*)/, "FRRouting"],
  [/Hello, this is Quagga \(version (\d[\w.]*)/, "Quagga"],
  [/Open On-Chip Debugger/, "OpenOCD"],
  [/VLC media player (\d[\w.]*)/, "VLC"],
  [/BusyBox v(\d[\w.]*)/, "BusyBox"],
  [/MikroTik v(\d[\w.]*)/, "MikroTik RouterOS"],
];

function productIn(text: string): { readonly product?: string; readonly version?: string | undefined } {
  for (const [pattern, product] of products) {
    const version = pattern.exec(text);
    if (version !== null) return { product, version: version[1] };
  }
  return {};
}

export const telnet: ProtocolModule = {
  name: "telnet",
  title: "Telnet",
  ports: [23, 2323],
  speaksFirst: true,
  proves: "exposed",
  async recognise(conversation) {
    const greeting = await conversation.receive(parseGreeting, undefined, () => 0);
    if (greeting.kind !== "received" || greeting.value.protocol !== "telnet") return undefined;
    conversation.send(refuseOptions(conversation.opening));
    const prompt = await conversation.receive(parsePrompt);
    const text = prompt.kind === "received" ? prompt.value : "";
    const opening = latin1(conversation.opening, 0, Math.min(conversation.opening.length, 1024));
    return {
      protocol: "telnet",
      ...productIn(opening),
      evidence: text === "" ? "negotiates options" : text,
      judge() {
        if (text === "") return inconclusive("showed no prompt");
        return asksForLogin(text) ? isProtected("requires a login") : exposed("shows a command prompt without a login");
      },
    };
  },
};
