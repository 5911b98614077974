import { dnsVersionQuery, parseDnsVersion } from "../../../../wire/server/dns.ts";
import { inconclusive, type ProtocolModule } from "../protocol-module.ts";

/** DNS over TCP. Answering is what it is for; the version is asked for by `version.bind`. */
export const dns: ProtocolModule = {
  name: "dns",
  title: "DNS",
  ports: [53],
  proves: "inconclusive",
  async recognise(conversation) {
    const answer = await conversation.ask(dnsVersionQuery, parseDnsVersion);
    if (answer.kind !== "heard") return undefined;
    const { responseCode, version } = answer.value;
    const parts = version === undefined ? null : /^([A-Za-z][\w ]*?)[ -]+v?(\d[\w.+-]*)/.exec(version);
    const number = parts?.[2] ?? (version === undefined ? undefined : /^\d[\w.+-]*/.exec(version)?.[0]);
    const product = parts?.[1] ?? (number === undefined ? undefined : "BIND");
    return {
      protocol: "dns",
      ...(product !== undefined && { product }),
      ...(number !== undefined && { version: number }),
      evidence: version === undefined ? `response code ${responseCode}` : `version.bind "${version}"`,
      judge: () => inconclusive("answering is what a name server is for"),
    };
  },
};
