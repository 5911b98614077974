/**
 * Requests whose end nginx and this server could see at different places (request smuggling), sent through an nginx that keeps its connections to the
 * server: what one client sends must not become the beginning of the request of another one.
 */
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import { CertificateWorkshop, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { freePort } from "../harness/free-port.ts";
import { type Nginx, startNginx, whyNoNginx } from "../harness/nginx.ts";
import { AttackedWeb, answersIn, readToken, statusOf } from "./attacked-web.ts";

describe("behind an nginx that keeps its connections", { skip: whyNoNginx() ?? whyNoOpenssl() }, () => {
  const workshop = new CertificateWorkshop();
  let web!: AttackedWeb;
  let nginx!: Nginx;
  let port = 0;

  before(async () => {
    web = await AttackedWeb.start({ trusted_proxies: ["127.0.0.1"] });
    port = await freePort();
    // One connection, so that every request comes behind what was sent before.
    const kept = `
      } upstream kept { server 127.0.0.1:${web.port} max_conns=1; keepalive 1; }
      server { listen 127.0.0.1:${port};
      location / {
        proxy_pass http://kept; proxy_http_version 1.1; proxy_request_buffering off; proxy_buffering off; proxy_pass_request_headers on;
        proxy_set_header Connection ""; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-For $remote_addr;
      }`;
    nginx = await startNginx(workshop.issue(), "127.0.0.1", kept);
  });
  after(async () => {
    await nginx[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    workshop[Symbol.dispose]();
  });

  const send = (bytes: string, limitMs: number) =>
    new Promise<string>((resolve) => {
      const socket = net.connect(port, "127.0.0.1").on("error", () => {});
      let received = "";
      socket.setEncoding("latin1").on("data", (text: string) => (received += text));
      const limit = setTimeout(() => socket.destroy(), limitMs);
      socket.once("close", () => {
        clearTimeout(limit);
        resolve(received);
      });
      socket.write(bytes, "latin1");
    });

  const host = "Host: harbinger.example\r\n";
  const mine = `Authorization: Bearer ${readToken}\r\n`;
  const hidden = `GET /api/v1/health HTTP/1.1\r\n${host}X-Rest: `;
  const whole = `GET /nothing HTTP/1.1\r\n${host}\r\n`;
  const post = `POST /api/v1/session HTTP/1.1\r\n${host}Content-Type: application/json\r\n`;
  const chunked = `Transfer-Encoding: chunked\r\n`;

  const attacks: Readonly<Record<string, string>> = {
    "a length and chunks": `${post}Content-Length: 4\r\n${chunked}\r\n0\r\n\r\n${hidden}`,
    "chunks and a length": `${post}${chunked}Content-Length: ${5 + hidden.length}\r\n\r\n0\r\n\r\n${hidden}`,
    "two lengths": `${post}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    "a coding in other letters": `${post}Transfer-Encoding: CHUNKED\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${hidden}`,
    "a tab before the coding": `${post}Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${hidden}`,
    "a vertical tab before the coding": `${post}Transfer-Encoding:\x0bchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${hidden}`,
    "a blank before the colon": `${post}Transfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${hidden}`,
    "an underscore in the name": `${post}Transfer_Encoding: chunked\r\nContent-Length: ${5 + hidden.length}\r\n\r\n0\r\n\r\n${hidden}`,
    "a folded coding": `${post}Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${hidden}`,
    "two codings": `${post}${chunked}Transfer-Encoding: identity\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${hidden}`,
    "an extension of a chunk": `${post}${chunked}\r\n0;${"a".repeat(100)}\n\r\n${hidden}`,
    "a bare line feed behind a chunk": `${post}${chunked}\r\n2\r\n{}\n0\r\n\r\n${hidden}`,
    "a chunk size that is too large": `${post}${chunked}\r\n10000000000000002\r\n{}\r\n0\r\n\r\n${hidden}`,
    "a trailer that looks like a header": `${post}${chunked}\r\n0\r\nContent-Length: 40\r\n\r\n${hidden}`,
    "a body of a request to read": `GET /healthz HTTP/1.1\r\n${host}Content-Length: ${whole.length}\r\n\r\n${whole}`,
    "chunks of a request to read": `GET /healthz HTTP/1.1\r\n${host}${chunked}\r\n0\r\n\r\n${whole}`,
    "a body of HEAD": `HEAD /healthz HTTP/1.1\r\n${host}Content-Length: ${whole.length}\r\n\r\n${whole}`,
    "a body that is rejected before it was read": `POST /nothing HTTP/1.1\r\n${host}${mine}Content-Length: ${whole.length}\r\n\r\n${whole}`,
    "a body that is announced and not sent": `${post}Content-Length: 500\r\n\r\n{`,
    "a body that is asked for first": `${post}Expect: 100-continue\r\nContent-Length: ${whole.length}\r\n\r\n${whole}`,
    "another protocol": `GET /api/v1/health HTTP/1.1\r\n${host}Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n${whole}`,
    "a header that the connection hides": `${post}Connection: Content-Length\r\nContent-Length: ${whole.length}\r\n\r\n${whole}`,
    "a line feed in the address": `GET /healthz%0d%0aX:%20y HTTP/1.1\r\n${host}\r\n${whole}`,
    "an older version": `POST /api/v1/session HTTP/1.0\r\n${host}${chunked}\r\n0\r\n\r\n${hidden}`,
  };

  for (const [name, bytes] of Object.entries(attacks)) {
    test(`${name}: the requests of others stay theirs`, async () => {
      const received = await send(bytes, 400);
      assert.ok(answersIn(received) <= 2, received);
      for (let other = 0; other < 3; other += 1) {
        const healthy = await send(`GET /healthz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, 10_000);
        assert.deepEqual([statusOf(healthy), answersIn(healthy)], [200, 1], healthy);
        const data = await send(`GET /api/v1/health HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, 10_000);
        assert.deepEqual([statusOf(data), answersIn(data)], [401, 1], "nobody else's login");
      }
    });
  }
});
