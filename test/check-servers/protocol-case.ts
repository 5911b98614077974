import type { Verdict } from "../../src/core/check.ts";
import { type Script, type Step, text } from "./scripted-server.ts";

/**
 * For each protocol of the catalogue: the answers of a server, byte for byte as in its specification, and the verdict that
 * follows. Requests are also compared, if they have no variable part.
 */
export interface ProtocolCase {
  readonly title: string;
  readonly scripts: readonly Script[];
  /** Starts the server if a script is not enough. */
  readonly start?: () => Promise<AsyncDisposable & { readonly port: number }>;
  readonly verdict: Verdict;
  readonly isRecognised?: boolean;
  readonly product?: string;
  readonly version?: string;
}

export const hexOf = (value: string) => Buffer.from(value, "latin1").toString("hex");
export const step = (request: Uint8Array | RegExp, reply?: Uint8Array, close = false): Step => ({
  request,
  reply,
  close,
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
