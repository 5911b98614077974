import { serverProduct, wantsTls } from "../../../../wire/http/server.ts";
import { type Conversation, converse } from "../../../probe/conversation.ts";
import { askHttp } from "../../../probe/http-exchange.ts";
import { guardOf } from "../../web/guard-of.ts";
import { judgeDav } from "../dav.ts";
import { inconclusive, type Judgement, type ProtocolModule } from "../protocol-module.ts";
import { askToRelay, judgementOfRelay } from "../relay.ts";
import { identifyWeb, type WebIdentity } from "../web-identity.ts";
import { httpProxy } from "./http-proxy.ts";

/**
 * Any web server, by its answer for `/`, with the application or the device where one is proven: by a header, a title, a page,
 * its certificate. Else its own name, from its Server header.
 */
export const http: ProtocolModule = {
  name: "http",
  title: "HTTP",
  ports: [80, 443, 8000, 8008, 8080, 8443],
  tlsPorts: [443, 8443],
  proves: "protected",
  async recognise(conversation) {
    const heard = await askHttp(conversation, { path: "/" });
    if (heard.kind !== "heard") return undefined;
    const { statusLine, headers, status } = heard.value;
    if (conversation.tls === undefined && wantsTls(heard.value)) return undefined;
    const server = headers.get("server");
    const location = headers.get("location");
    const identity = await identifyWeb(conversation, heard.value);
    const title = identity.pages.find((page) => page.title !== "")?.title;
    return {
      protocol: identity.isProxy ? httpProxy.name : conversation.tls === undefined ? "http" : "https",
      ...(identity.name ?? (server === undefined ? {} : serverProduct(server))),
      evidence: server === undefined ? statusLine : `${statusLine}; Server: ${server}`,
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

/** Whether what is shown first requires a login. That it does not proves nothing, as long as it is not known what it is. */
function judgeWeb({ name, pages }: WebIdentity): Judgement {
  const guard = pages.map(guardOf).find((found) => found !== undefined);
  if (guard !== undefined) return name === undefined ? { ...guard, reason: `a web server; ${guard.reason}` } : guard;
  return name === undefined
    ? inconclusive("a web server; the application behind it was not recognised")
    : inconclusive("its first page shows neither a login nor what only users should see");
}
