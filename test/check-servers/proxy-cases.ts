import { type ProtocolCase, somethingElse, step } from "./protocol-case.ts";
import { relayServer } from "./relay-server.ts";
import { text } from "./scripted-server.ts";

const asked = /GET http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32} HTTP\/1\.1\r\n[\s\S]*?\r\n\r\n/;
const front = /GET \/ HTTP\/1\.1\r\n[\s\S]*?\r\n\r\n/;
const refusal = (status: string, headers: string) =>
  text(`HTTP/1.1 ${status}\r\n${headers}Content-Length: 0\r\nConnection: close\r\n\r\n`);

/** Proxies: whom they let through shows by what reaches us. */
export const proxyCases: Readonly<Record<string, readonly ProtocolCase[]>> = {
  "http-proxy": [
    { title: "fetches a page for anybody", scripts: [], start: () => relayServer("GET"), verdict: "exposed" },
    { title: "tunnels for anybody", scripts: [], start: () => relayServer("CONNECT"), verdict: "exposed" },
    {
      title: "wants a login",
      scripts: [
        {
          steps: [step(asked, refusal("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="x"\r\n'))],
        },
        { steps: [step(front, refusal("400 Bad Request", "Server: squid/5.7\r\n"))] },
      ],
      verdict: "protected",
      product: "Squid",
      version: "5.7",
    },
    {
      title: "refuses this client",
      scripts: [
        { steps: [step(asked, refusal("403 Forbidden", "Server: tinyproxy/1.11.1\r\n"))] },
        { steps: [step(front, refusal("403 Forbidden", "Server: tinyproxy/1.11.1\r\n"))] },
      ],
      verdict: "protected",
      product: "tinyproxy",
      version: "1.11.1",
    },
    {
      title: "cannot reach us",
      scripts: [
        { steps: [step(asked, refusal("503 Service Unavailable", "Server: squid/5.7\r\n"))] },
        { steps: [step(front, refusal("400 Bad Request", "Server: squid/5.7\r\n"))] },
      ],
      verdict: "inconclusive",
      product: "Squid",
    },
    somethingElse,
  ],
};
