import { once } from "node:events";
import { createServer } from "node:net";

/** Those of `candidates` on which nothing on this machine listens and which this process may open; in their order, `wanted` at most. */
export async function freePorts(candidates: readonly number[], wanted: number): Promise<number[]> {
  const free: number[] = [];
  for (const port of candidates) {
    if (free.length >= wanted) break;
    if (await isFree(port)) free.push(port);
  }
  return free;
}

/** Opens it for a moment: on all addresses, so that a program on one of them counts. */
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
