import { type ProtocolCase, somethingElse, step } from "./protocol-case.ts";
import { relayServer, socksServer } from "./relay-server.ts";
import { bytes, text } from "./scripted-server.ts";

const asked = /GET http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32} HTTP\/1\.1\r\n[\s\S]*?\r\n\r\n/;
const front = /GET \/ HTTP\/1\.1\r\n[\s\S]*?\r\n\r\n/;
const refusal = (status: string, headers: string) =>
  text(`HTTP/1.1 ${status}\r\n${headers}Content-Length: 0\r\nConnection: close\r\n\r\n`);

/** SOCKS 5, without a password. */
const greeting = bytes("050100");
/** A port. */
const twoBytes = /^[\s\S]{2}/;

/** Proxies: whether they relay is seen by what reaches this machine. */
export const proxyCases: Readonly<Record<string, readonly ProtocolCase[]>> = {
  "http-proxy": [
    { title: "fetches a page for anybody", scripts: [], start: () => relayServer("GET"), verdict: "exposed" },
    { title: "tunnels for anybody", scripts: [], start: () => relayServer("CONNECT"), verdict: "exposed" },
    {
      title: "requires a login",
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
      title: "refuses our address",
      scripts: [
        { steps: [step(asked, refusal("403 Forbidden", "Server: tinyproxy/1.11.1\r\n"))] },
        { steps: [step(front, refusal("403 Forbidden", "Server: tinyproxy/1.11.1\r\n"))] },
      ],
      verdict: "inconclusive",
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
  socks5: [
    { title: "relays for anybody", scripts: [], start: () => socksServer(5), verdict: "exposed" },
    { title: "relays for anybody by SOCKS 4 alone", scripts: [], start: () => socksServer(4), verdict: "exposed" },
    {
      title: "requires a password, and relays for any client by SOCKS 4",
      scripts: [],
      start: () => socksServer(4, true),
      verdict: "exposed",
    },
    { title: "wants a password", scripts: [{ steps: [step(greeting, bytes("05ff"), true)] }], verdict: "protected" },
    {
      title: "accepts any client, and does not relay to us",
      scripts: [
        {
          steps: [
            step(greeting, bytes("0500")),
            step(bytes("05010001 7f000001")),
            step(twoBytes, bytes("05020001 00000000 0000"), true),
          ],
        },
        { close: true },
      ],
      verdict: "inconclusive",
    },
    {
      title: "refuses by SOCKS 4",
      scripts: [
        { close: true },
        {
          steps: [step(bytes("0401")), step(twoBytes), step(bytes("7f000001 00"), bytes("005b0000 00000000"), true)],
        },
      ],
      verdict: "inconclusive",
    },
    somethingElse,
  ],
};
