import { createServer, type Server } from "node:http";

/** Accepts pushes as ntfy does, and counts them. */
export class PushServer implements AsyncDisposable {
  readonly #server: Server;
  #messages = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      request.resume().on("end", () => {
        this.#messages += 1;
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ id: `m${this.#messages}`, event: "message" }));
      });
    });
  }

  static async start(): Promise<PushServer> {
    const push = new PushServer();
    await new Promise<void>((resolve) => push.#server.listen(0, "127.0.0.1", resolve));
    return push;
  }

  get url(): string {
    const bound = this.#server.address();
    return `http://127.0.0.1:${bound === null || typeof bound === "string" ? 0 : bound.port}`;
  }

  get messages(): number {
    return this.#messages;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
