import type { ClientRequest } from "node:http";

/** Four times Node's maximum size of headers: room for the provisional answers of real servers. */
const maxBytes = 64 * 1024;

/** The server sent too much without an answer. */
export class NoAnswerError extends Error {
  constructor() {
    super(`the server sent ${maxBytes / 1024} KiB without an answer`);
  }
}

/**
 * Ends a request if the server keeps sending provisional answers (1xx, RFC 9110 section 15.2), or empty lines before an answer
 * (RFC 9112 section 2.2): Node's limit on headers counts neither.
 */
export function limitBeforeAnswer(request: ClientRequest): void {
  let bytes = 0;
  let isAnswered = false;
  const onAnswer = () => {
    isAnswered = true;
  };
  request.once("response", onAnswer).once("upgrade", onAnswer);
  request.once("socket", (socket) => {
    // Called after the parser, which has emitted `response` by then.
    socket.on("data", function count(chunk: Buffer) {
      bytes += chunk.length;
      if (!isAnswered && bytes <= maxBytes) return;
      socket.off("data", count);
      if (!isAnswered) request.destroy(new NoAnswerError());
    });
  });
}
