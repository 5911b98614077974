import type { Verdict } from "../../src/core/check.ts";
import { type Script, type Step, text } from "./scripted-server.ts";

/**
 * For each protocol of the catalogue: what a server of it says, byte for byte as its specification has it, and the verdict
 * that follows. Requests are compared, too, where they have no free part.
 */
export interface ProtocolCase {
  readonly title: string;
  readonly scripts: readonly Script[];
  /** Where no script can play the server. */
  readonly start?: () => Promise<AsyncDisposable & { readonly port: number }>;
  readonly verdict: Verdict;
  readonly isRecognised?: boolean;
  readonly product?: string;
  readonly version?: string;
}

export const hexOf = (value: string) => Buffer.from(value, "latin1").toString("hex");
export const step = (request: Uint8Array | RegExp, reply?: Uint8Array, close = false): Step => ({
  request,
  ...(reply !== undefined && { reply }),
  ...(close && { close }),
});
/** Another service than the expected one: a web server that closes after its complaint. */
export const somethingElse: ProtocolCase = {
  title: "a web server in its place",
  scripts: [
    {
      steps: [
        step(/[\s\S]{1,}/, text("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), true),
      ],
    },
  ],
  verdict: "inconclusive",
  isRecognised: false,
};
export const greets = (greeting: string, steps: readonly Step[] = []): readonly Script[] => [
  { greeting: text(greeting), steps },
];
export const anyRequest = /[\s\S]+/;
