import { readFileSync } from "node:fs";
import http from "node:http";
import net, { type AddressInfo, type Socket } from "node:net";
import tls from "node:tls";
import { gzipSync } from "node:zlib";
import { certificate, key } from "../check-servers/plans/plan-files.ts";

/**
 * Servers that try to keep their clients busy, each on a separate port; run as a program, so that their work is not
 * measured with that of the client. Prints the ports as one JSON object, and ends with its standard input.
 */
const k = 1024;

const pages: Readonly<Record<string, string>> = {
  titles: "<title>Integrated Solutions Console".repeat(2 * k) + "<frame ".repeat(8 * k),
  pgadmin: "<title>pgAdmin 4</title>".repeat(5 * k),
  openvpn: "OpenVPN".repeat(17 * k),
  password: "password".repeat(15 * k),
  links: "<a ".repeat(40 * k),
  inputs: "<input ".repeat(17 * k),
  icons: `<link rel="icon" href=`.repeat(5 * k),
  blanks: `<title>${" ".repeat(120 * k)}`,
  brackets: "[".repeat(120 * k),
  numbers: `${"1.".repeat(60 * k)}x`,
  keys: `{"members":[${'"members":['.repeat(11 * k)}`,
};

function page(body: string | Buffer, headers: Record<string, string> = {}): net.Server {
  return http.createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/html", Server: "x", ...headers }).end(body);
  });
}

function raw(talk: (socket: Socket) => void): net.Server {
  return net.createServer((socket) => {
    socket.on("error", () => {}).setNoDelay(true);
    socket.resume();
    talk(socket);
  });
}

/** Writes `piece` repeatedly as fast as it is read, up to `most` bytes. */
function flood(socket: Socket, piece: string | Buffer, most = 4 * k * k): void {
  let sent = 0;
  const more = () => {
    while (!socket.destroyed && sent < most) {
      sent += piece.length;
      if (!socket.write(piece)) return void socket.once("drain", more);
    }
    if (!socket.destroyed) socket.end();
  };
  more();
}

function drip(socket: Socket, text: string, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at >= text.length) clearInterval(timer);
    else socket.write(text.charAt(at++), "latin1");
  }, everyMs);
}

const answered = (talk: (socket: Socket) => void) =>
  raw((socket) => {
    socket.once("data", () => talk(socket));
  });
const secret = "password".repeat(512);
const secured = { key: readFileSync(key), cert: readFileSync(certificate) };

const servers: Readonly<Record<string, net.Server>> = {
  ...Object.fromEntries(Object.entries(pages).map(([name, body]) => [name, page(body)])),
  "gzip bomb": page(gzipSync(Buffer.alloc(64 * k * k)), { "Content-Encoding": "gzip" }),
  "chunks of one byte": answered((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    flood(socket, "1\r\na\r\n".repeat(k));
  }),
  "endless headers": answered((socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    flood(socket, "a: b\r\n".repeat(k));
  }),
  "secrets in a header": answered((socket) => {
    socket.end(`HTTP/1.1 401 no\r\nServer: a\r\nWWW-Authenticate: ${secret}\r\nContent-Length: 0\r\n\r\n`);
  }),
  "telnet of secrets": raw((socket) => {
    socket.write(
      Buffer.concat([Buffer.from([0xff, 0xfb, 1, 0xff, 0xfd, 3]), Buffer.from(`${secret.slice(7)} login:`)]),
    );
  }),
  "telnet options": raw((socket) =>
    flood(socket, Buffer.from([0xff, 0xfa, 0x75].flatMap((byte) => Array(k).fill(byte)))),
  ),
  "telnet subnegotiations": raw((socket) => flood(socket, Buffer.from(Array(k).fill([0xff, 0xfa, 0x75]).flat()))),
  "a line without end": raw((socket) => flood(socket, `220 ${"a".repeat(64 * k)}`)),
  "lines that go on": raw((socket) => flood(socket, "220-x\r\n".repeat(k))),
  "a line that drips": raw((socket) => drip(socket, "220 mail.test ESMTP and so on for a long while\r\n", 20)),
  "many small packets": raw((socket) => drip(socket, "220-x\r\n".repeat(4 * k), 0)),
  "a long record": raw((socket) => flood(socket, Buffer.from("7fffffff00000001", "hex"))),
  "records of TLS": answered((socket) => flood(socket, Buffer.from("160303400002003ffc0303", "hex"))),
  // In a handshake a client must ignore them (RFC 5246 section 7.4.1.1).
  "renegotiation requests": answered((socket) => flood(socket, Buffer.from("160303000400000000".repeat(k), "hex"))),
  "32 certificates": tls.createServer({ ...secured, cert: Buffer.concat(Array(32).fill(secured.cert)) }),
  "a page behind TLS": tls.createServer(secured, (socket) => {
    socket.on("error", () => {});
    socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${120 * k}\r\n\r\n${"<a ".repeat(40 * k)}`);
  }),
  "a flood behind TLS": tls.createServer(secured, (socket) => {
    socket.on("error", () => {});
    flood(socket, `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(k)}`, 64 * k * k);
  }),
  "a slow page behind TLS": tls.createServer(secured, (socket) => {
    socket.on("error", () => {});
    drip(socket, `HTTP/1.1 200 OK\r\n\r\n${"<title>a".repeat(k)}`, 50);
  }),
};

const ports: Record<string, number> = {};
for (const [name, server] of Object.entries(servers)) {
  server.on("tlsClientError", () => {}).on("clientError", (_error, socket: Socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ports[name] = (server.address() as AddressInfo).port;
}
process.stdout.write(`${JSON.stringify(ports)}\n`);
process.stdin.resume().on("end", () => process.exit());
