import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { findProgram } from "../../src/platform/programs.ts";

export interface XServer extends AsyncDisposable {
  /** For the environment of a client: `:7`. */
  readonly display: string;
}

/** Why there can be no X server here, or `undefined`. */
export function whyNoXServer(): string | undefined {
  return findProgram("Xvfb") === undefined ? "Xvfb is not installed" : undefined;
}

/** A virtual screen with a free number, for clients that open a window before they connect. */
export async function startXServer(): Promise<XServer> {
  const numberDescriptor = 3;
  const server = spawn(
    "Xvfb",
    ["-displayfd", `${numberDescriptor}`, "-nolisten", "tcp", "-screen", "0", "640x480x24"],
    {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    },
  );
  const exited = once(server, "exit");
  const number = server.stdio[numberDescriptor];
  if (number === undefined || number === null || !("setEncoding" in number)) throw new Error("no pipe to the X server");
  const printed = await Promise.race([firstLine(number), exited.then(() => undefined)]);
  if (printed === undefined) throw new Error("the X server did not start");
  return {
    display: `:${printed}`,
    async [Symbol.asyncDispose]() {
      server.kill();
      await exited;
    },
  };
}

async function firstLine(stream: Readable): Promise<string | undefined> {
  let text = "";
  for await (const chunk of stream.setEncoding("latin1")) {
    text += String(chunk);
    if (text.includes("\n")) return text.trim();
  }
  return undefined;
}
