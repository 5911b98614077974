import { once } from "node:events";
import { createServer } from "node:net";
import type { Address } from "../core/address.ts";
import { messageOf, systemCode } from "../core/errors.ts";

/** The first `wanted` ports of `candidates` that are unused on this machine and that this process may open. */
export async function freePorts(candidates: readonly number[], wanted: number): Promise<number[]> {
  const free: number[] = [];
  for (const port of candidates) {
    if (free.length >= wanted) break;
    if ((await openForAMoment({ port })) === undefined) free.push(port);
  }
  return free;
}

/**
 * Opens a port for a moment. @param place without an address on all of them, so that a program on any of them is detected
 * @returns the code of the error; `undefined` if the port can be opened
 */
export async function openForAMoment(place: {
  readonly address?: Address;
  readonly port: number;
}): Promise<string | undefined> {
  // Whoever connects in this moment would keep the port open.
  const server = createServer((socket) => socket.on("error", () => {}).destroy());
  server.listen({ host: place.address, port: place.port, exclusive: true });
  try {
    await once(server, "listening");
  } catch (error) {
    return systemCode(error) ?? messageOf(error);
  }
  server.close();
  await once(server, "close");
  return undefined;
}
