import { once } from "node:events";
import { createServer } from "node:net";

/** The first `wanted` ports of `candidates` that are unused on this machine and that this process may open. */
export async function freePorts(candidates: readonly number[], wanted: number): Promise<number[]> {
  const free: number[] = [];
  for (const port of candidates) {
    if (free.length >= wanted) break;
    if (await isFree(port)) free.push(port);
  }
  return free;
}

/** Opens the port for a moment, on all addresses, so that a program on any of them is detected. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen({ port, exclusive: true });
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
