import { serverProduct, wantsTls } from "../../../../wire/http/server.ts";
import { type Conversation, converse } from "../../../probe/conversation.ts";
import { askHttp } from "../../../probe/http-exchange.ts";
import { requiredLogin } from "../../web/required-login.ts";
import { judgeDav } from "../dav.ts";
import { inconclusive, type Judgement, type ProtocolModule } from "../protocol-module.ts";
import { askToRelay, judgementOfRelay } from "../relay.ts";
import { identifyWeb, type WebIdentity } from "../web-identity.ts";
import { httpProxy } from "./http-proxy.ts";

/**
 * Any web server, by its answer for `/`. The product is the application or the device where a header, a title, a page or the
 * certificate proves one, else the name in the Server header.
 */
export const http: ProtocolModule = {
  name: "http",
  title: "HTTP",
  ports: [80, 443, 8000, 8008, 8080, 8443],
  tlsPorts: [443, 8443],
  proves: "protected",
  async recognise(conversation) {
    const received = await askHttp(conversation, { path: "/" });
    if (received.kind !== "received") return undefined;
    const { statusLine, headers, status } = received.value;
    const server = headers.get("server");
    const evidence = server === undefined ? statusLine : `${statusLine}; Server: ${server}`;
    if (conversation.tls === undefined && wantsTls(received.value)) {
      return {
        protocol: "http",
        ...serverProduct(server ?? ""),
        evidence,
        requiresTls: true,
        details: { status, server },
        judge: () => inconclusive("a web server that requires TLS, but did not complete the TLS handshake"),
      };
    }
    const location = headers.get("location");
    const identity = await identifyWeb(conversation, received.value);
    const title = identity.pages.find((page) => page.title !== "")?.title;
    return {
      protocol: identity.isProxy ? httpProxy.name : conversation.tls === undefined ? "http" : "https",
      ...(identity.name ?? serverProduct(server ?? "")),
      evidence,
      details: {
        status,
        server,
        title,
        location,
      },
      async judge() {
        if (identity.isProxy) return await judgeProxy(conversation);
        return (identity.isDav ? await judgeDav(conversation) : undefined) ?? judgeWeb(identity);
      },
    };
  },
};

async function judgeProxy({ host, port, deadline, tls }: Conversation): Promise<Judgement> {
  const opened = await converse({ host, port }, deadline, { tls: tls !== undefined });
  if (opened.kind !== "open") return inconclusive("a proxy; it could not be asked to relay to this machine");
  using conversation = opened.conversation;
  return judgementOfRelay(await askToRelay(conversation));
}

/** Whether the first page requires a login. A page without one proves nothing of an unknown application. */
function judgeWeb({ name, pages }: WebIdentity): Judgement {
  const login = pages.map(requiredLogin).find((found) => found !== undefined);
  if (login !== undefined) return name === undefined ? { ...login, reason: `a web server; ${login.reason}` } : login;
  return name === undefined
    ? inconclusive("a web server; its application was not recognised")
    : inconclusive("its first page shows neither a login nor what only users should see");
}
