import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

export interface ScriptedMailServerOptions {
  /** Sent immediately; default `220 test only`. `undefined`: the script sends it. */
  readonly greet?: (socket: Socket) => void;
  /** Called before the usual answer; `false` leads to the usual one. */
  readonly script?: (line: string, socket: Socket) => string | undefined | false;
  /** Listed after EHLO. */
  readonly extensions?: readonly string[];
}

/** A mail server on loopback that sends a test's replies for each step, and keeps every line that it received. */
export class ScriptedMailServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly lines: string[] = [];
  port = 0;

  private constructor(options: ScriptedMailServerOptions) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => this.#sockets.delete(socket));
      const { greet = (to: Socket) => to.write("220 test only\r\n") } = options;
      greet(socket);
      const usual = usualAnswers(options.extensions ?? []);
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk.toString("latin1");
        const lines = text.split("\r\n");
        text = lines.pop() ?? "";
        for (const line of lines) {
          this.lines.push(line);
          const scripted = options.script?.(line, socket) ?? undefined;
          const answer = options.script === undefined || scripted === false ? usual(line) : scripted;
          if (typeof answer === "string" && !socket.destroyed) socket.write(`${answer}\r\n`);
        }
      });
    });
  }

  static async start(options: ScriptedMailServerOptions = {}): Promise<ScriptedMailServer> {
    const scripted = new ScriptedMailServer(options);
    scripted.#server.listen(0, "127.0.0.1");
    await once(scripted.#server, "listening");
    const address = scripted.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening on a port");
    scripted.port = address.port;
    return scripted;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** RFC 5321, as far as one mail needs it. */
function usualAnswers(extensions: readonly string[]): (line: string) => string | undefined {
  let isContent = false;
  return (line) => {
    if (isContent) {
      isContent = line !== ".";
      return isContent ? undefined : "250 2.0.0 taken";
    }
    if (/^EHLO /.test(line)) {
      const lines = ["mail.test", ...extensions];
      return lines.map((text, at) => `250${at === lines.length - 1 ? " " : "-"}${text}`).join("\r\n");
    }
    if (/^HELO |^MAIL |^RCPT /.test(line)) return "250 fine";
    if (line === "DATA") {
      isContent = true;
      return "354 go on";
    }
    return line === "QUIT" ? "221 bye" : "500 unknown";
  };
}
