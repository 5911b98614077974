import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * A port on which nothing listens, for a server that is started a moment later. Below 32768: from there on systems choose the ports
 * of outgoing connections, so that another test's client could take it in between. Above 10080, which browsers and fetch refuse (Fetch Standard,
 * "bad port").
 */
export async function freePort(address = "127.0.0.1"): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(10_100, 32_768);
    if (await isFree(port, address)) return port;
  }
  throw new Error(`no free port on ${address}`);
}

function isFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
