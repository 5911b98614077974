import { createServer, type Socket } from "node:net";

/** Waits for exactly this request, then answers. `request` as a pattern is matched against the bytes as Latin-1 text. */
export interface Step {
  readonly request: Uint8Array | RegExp;
  /** `undefined`: the server stays silent. */
  readonly reply?: Uint8Array | undefined;
  readonly close?: boolean;
}

/** What a server does on one connection. It closes at any other than the expected request. */
export interface Script {
  readonly greeting?: Uint8Array;
  readonly steps?: readonly Step[];
  /** Closes at once after the greeting. */
  readonly close?: boolean;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** Requests that no script expected, in hexadecimal. */
  readonly unexpected: readonly string[];
}

/** A server on loopback that follows scripts byte for byte: one per connection, the last one for all further connections. */
export async function scriptedServer(scripts: readonly Script[]): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const unexpected: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    const script = scripts[Math.min(connections++, scripts.length - 1)] ?? {};
    if (script.greeting !== undefined) socket.write(script.greeting);
    if (script.close === true) socket.end();
    const steps = [...(script.steps ?? [])];
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let step = steps[0]; step !== undefined && received.length > 0; step = steps[0]) {
        const met = meets(step.request, received);
        if (met === "more") return;
        if (met === "no") {
          unexpected.push(received.toString("hex"));
          socket.end();
          return;
        }
        received = received.subarray(met);
        steps.shift();
        if (step.reply !== undefined) socket.write(step.reply);
        if (step.close === true) socket.end();
      }
    });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return {
    port: bound.port,
    unexpected,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function meets(request: Uint8Array | RegExp, received: Buffer): number | "more" | "no" {
  if (request instanceof RegExp) {
    const found = request.exec(received.toString("latin1"));
    return found === null ? "more" : found.index + found[0].length;
  }
  const common = Math.min(request.length, received.length);
  if (!received.subarray(0, common).equals(request.subarray(0, common))) return "no";
  return received.length < request.length ? "more" : request.length;
}

/** Bytes of hexadecimal text; white space is ignored. */
export function bytes(hexadecimal: string): Uint8Array {
  const digits = hexadecimal.replace(/\s+/g, "");
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) throw new Error(`not hexadecimal: ${hexadecimal}`);
  return new Uint8Array(Buffer.from(digits, "hex"));
}

/** Bytes of text, one per character. */
export function text(content: string): Uint8Array {
  return new Uint8Array(Buffer.from(content, "latin1"));
}
