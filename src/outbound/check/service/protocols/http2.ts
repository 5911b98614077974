import { http2Preface, parseHttp2Settings } from "../../../../wire/http2/server.ts";
import { inconclusive, type ProtocolModule } from "../protocol-module.ts";

/** A web server that speaks only HTTP/2, without TLS. */
export const http2: ProtocolModule = {
  name: "http2",
  title: "HTTP/2",
  ports: [],
  proves: "inconclusive",
  /** Many servers send their settings first. */
  complains: (opening) => opening.length >= 9 && parseHttp2Settings(opening).kind === "match",
  async recognise(conversation) {
    const answer = await conversation.ask(http2Preface, parseHttp2Settings, () => 0);
    if (answer.kind !== "received") return undefined;
    return {
      protocol: "http2",
      evidence: "SETTINGS",
      judge: () => inconclusive("a web server; its application was not identified"),
    };
  },
};
