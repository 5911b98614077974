import { spawn } from "node:child_process";
import { once } from "node:events";
import type { ContainerHost } from "../harness/container-host.ts";

/** A server on a port outside of the machine with containers; it closes each connection. */
export async function serveOutside(host: ContainerHost, address: string, port: number): Promise<AsyncDisposable> {
  const program = `
    const server = require("node:net").createServer((socket) => { socket.on("error", () => {}); socket.end(); });
    server.listen(${port}, "${address}", () => console.log("ready"));`;
  const [command, args] = host.outside(process.execPath, "-e", program);
  const server = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(server, "exit");
  await Promise.race([
    once(server.stdout, "data"),
    exited.then(() => Promise.reject(new Error(`nothing serves port ${port}`))),
  ]);
  return {
    async [Symbol.asyncDispose]() {
      server.kill("SIGKILL");
      await exited;
    },
  };
}
