import { once } from "node:events";
import net from "node:net";

export interface ConnectionPair extends Disposable {
  readonly client: net.Socket;
  readonly accepted: net.Socket;
  /** Of the server. */
  readonly port: number;
}

/**
 * Both ends of a TCP connection over loopback. Nothing is read of it unless the test does.
 * @param onread of the client, as `net.connect` takes it
 */
export async function connectionPair(onread?: net.OnReadOpts): Promise<ConnectionPair> {
  const server = net.createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const to = { port: address.port, host: "127.0.0.1", allowHalfOpen: true };
  const client = net.connect(onread === undefined ? to : { ...to, onread });
  const [[accepted]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [
    [net.Socket],
    unknown[],
  ];
  for (const socket of [client, accepted]) socket.on("error", () => {});
  const dispose = () => {
    client.destroy();
    accepted.destroy();
    server.close();
  };
  return { client, accepted, port: address.port, [Symbol.dispose]: dispose };
}
