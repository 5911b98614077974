import { connect } from "node:net";

/** The first answer of a server on loopback to `question`; "" if it closes or has not answered within a second. */
export function converseOnce(port: number, question: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(question, "latin1"));
    const settle = (answer: string) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => settle(""));
    socket.once("data", (chunk) => settle(chunk.toString("latin1")));
    socket.once("error", () => settle(""));
    socket.once("close", () => settle(""));
  });
}
