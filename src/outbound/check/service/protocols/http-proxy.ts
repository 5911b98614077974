import { converse } from "../../../probe/conversation.ts";
import { askHttp } from "../../../probe/http-exchange.ts";
import { nameOf, provenProduct } from "../../web/name-web.ts";
import { SeenAnswer } from "../../web/seen-answer.ts";
import type { ProtocolModule } from "../protocol-module.ts";
import { askToRelay, judgementOfRelay } from "../relay.ts";

/** A proxy for HTTP: it fetches a page from this machine, requires proxy authentication, or shows its product. */
export const httpProxy: ProtocolModule = {
  name: "http-proxy",
  title: "HTTP proxy",
  ports: [3128, 8118],
  proves: "exposed",
  onUsualPortsOnly: true,
  async recognise(conversation) {
    const outcome = await askToRelay(conversation);
    const { host, port, deadline, tls } = conversation;
    const opened = await converse({ host, port }, deadline, { tls: tls !== undefined });
    if (opened.kind !== "open") return undefined;
    using front = opened.conversation;
    const received = await askHttp(front, { path: "/" });
    const pages = [
      ...(received.kind === "received" ? [new SeenAnswer(received.value)] : []),
      ...(outcome.kind === "answers" ? [outcome.seen] : []),
    ];
    const product = pages.map((page) => provenProduct(page)).find((found) => found?.isProxy === true);
    const asksForAuthentication = outcome.kind === "answers" && outcome.seen.answer.status === 407;
    if (outcome.kind !== "relays" && product === undefined && !asksForAuthentication) return undefined;
    return {
      protocol: "http-proxy",
      ...(product !== undefined && nameOf(product, pages)),
      evidence: pages.at(-1)?.answer.statusLine ?? "relays",
      judge: () => judgementOfRelay(outcome),
    };
  },
};
