import net from "node:net";
import { messageOf, systemCode } from "../../core/errors.ts";
import { refuseForeignFolder } from "./control-place.ts";

export type ControlAnswer =
  | { readonly kind: "answer"; readonly value: unknown }
  /** No process uses this store. */
  | { readonly kind: "not-running" }
  | { readonly kind: "failed"; readonly reason: string };

const cutOff: ControlAnswer = { kind: "failed", reason: "the process ended before it answered" };

/** Much longer than any answer. */
const maxAnswerLength = 1_000_000;

/** Sends a request to the process that listens at `place` (from `controlPlace`), and waits at most `timeoutMs` for the answer. */
export function askControl(place: string, request: string, timeoutMs: number): Promise<ControlAnswer> {
  try {
    refuseForeignFolder(place);
  } catch (error) {
    return Promise.resolve({ kind: "failed", reason: messageOf(error) });
  }
  const { promise, resolve } = Promise.withResolvers<ControlAnswer>();
  const socket = net.connect(place);
  let text = "";
  const end = (answer: ControlAnswer) => {
    clearTimeout(timer);
    socket.destroy();
    resolve(answer);
  };
  const timer = setTimeout(
    () => end({ kind: "failed", reason: `no answer within ${timeoutMs / 1000} seconds` }),
    timeoutMs,
  );
  socket.setEncoding("utf8");
  socket.on("connect", () => socket.end(`${request}\n`));
  socket.on("data", (chunk: string) => {
    text += chunk;
    if (text.length > maxAnswerLength) end({ kind: "failed", reason: "the answer is too long" });
  });
  socket.on("end", () => {
    try {
      end({ kind: "answer", value: JSON.parse(text) });
    } catch {
      end(cutOff);
    }
  });
  socket.on("error", (error) => {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ECONNREFUSED") end({ kind: "not-running" });
    else end(code === "ECONNRESET" || code === "EPIPE" ? cutOff : { kind: "failed", reason: messageOf(error) });
  });
  return promise;
}
