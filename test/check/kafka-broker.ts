import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createServer } from "node:tls";
import { hexOf } from "../check-servers/protocol-case.ts";
import { bytes, type ScriptedServer, scriptedServer } from "../check-servers/scripted-server.ts";
import { type Listener, listening } from "./run-check.ts";

/** A broker byte for byte: ApiVersions 3 lists Metadata 1, which lists one broker and one topic. */
export function kafkaBroker(): Promise<ScriptedServer> {
  const versions = "0000001a 00000001 0000 03 0003 0000 0001 00 0012 0000 0003 00 00000000 00";
  const metadata = `00000047 00000003
    00000001 00000001 0006 ${hexOf("kafka1")} 00002384 ffff 00000001
    00000001 0000 0006 ${hexOf("orders")} 00
    00000001 0000 00000000 00000001 00000001 00000001 00000000`;
  return scriptedServer([
    {
      steps: [
        {
          request: bytes(`00000021 0012 0003 00000001 0009 ${hexOf("harbinger")} 00 0a ${hexOf("harbinger")} 02 31 00`),
          reply: bytes(versions),
        },
        {
          request: bytes(`00000017 0003 0001 00000003 0009 ${hexOf("harbinger")} ffffffff`),
          reply: bytes(metadata),
        },
      ],
    },
  ]);
}

/** TLS with the certificate of the tests, forwarded to `port`. */
export function inFrontOf(port: number): Promise<Listener> {
  const certificates = new URL("../harness/certificates/", import.meta.url);
  const server = createServer(
    {
      cert: readFileSync(new URL("localhost.pem", certificates)),
      key: readFileSync(new URL("test-only-key.pem", certificates)),
    },
    (socket) => {
      const behind = connect(port, "127.0.0.1");
      socket.on("error", () => behind.destroy());
      behind.on("error", () => socket.destroy());
      socket.pipe(behind).pipe(socket);
    },
  ).on("tlsClientError", () => {});
  return listening(server);
}
