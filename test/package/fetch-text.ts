import net from "node:net";

/** Requests a page over HTTP from a port of this machine, and reads until it closes the connection. */
export async function fetchText(port: number, page: string): Promise<string> {
  const socket = net.connect({ port, host: "127.0.0.1" });
  socket.setEncoding("utf8");
  socket.end(`GET ${page} HTTP/1.0\r\n\r\n`);
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}
