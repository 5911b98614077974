import type { ClientRequest } from "node:http";

/** Real servers send one or two: 100 (Continue), 102 (Processing) now and then, 103 (Early Hints). */
const maxProvisionalAnswers = 8;

/** The server sent provisional answers instead of an answer. */
export class ProvisionalAnswersError extends Error {
  constructor() {
    super(`the server sent more than ${maxProvisionalAnswers} provisional answers (1xx) and no other`);
  }
}

/**
 * Ends a request whose server sends provisional answers without end (RFC 9110 section 15.2): neither Node's limit on headers
 * nor one on the body counts them.
 */
export function limitProvisionalAnswers(request: ClientRequest): void {
  let count = 0;
  request.on("information", () => {
    count += 1;
    if (count === maxProvisionalAnswers + 1) request.destroy(new ProvisionalAnswersError());
  });
}
