import { withoutTrailing } from "../../../../core/trailing.ts";
import { dnsVersionQuery, parseDnsVersion } from "../../../../wire/dns/server.ts";
import { inconclusive, type ProtocolModule } from "../protocol-module.ts";

/** DNS over TCP, with the version from `version.bind`. */
export const dns: ProtocolModule = {
  name: "dns",
  title: "DNS",
  ports: [53],
  proves: "inconclusive",
  async recognise(conversation) {
    const answer = await conversation.ask(dnsVersionQuery, parseDnsVersion);
    if (answer.kind !== "received") return undefined;
    const { responseCode, version } = answer.value;
    const { product, number } = version === undefined ? {} : productOf(version);
    return {
      protocol: "dns",
      product,
      version: number,
      evidence: version === undefined ? `response code ${responseCode}` : `version.bind "${version}"`,
      judge: () => inconclusive("answers queries, as intended"),
    };
  },
};

/** `PowerDNS Recursor 4.8.2`, `dnsmasq-2.90`; a number alone is BIND. */
function productOf(version: string): { readonly product?: string; readonly number?: string } {
  const parts = /[ -]v?(\d[\w.+-]*)/.exec(version);
  const product = withoutTrailing(version.slice(0, parts?.index), " -");
  if (parts?.[1] !== undefined && /^[A-Za-z][\w ]*$/.test(product)) return { product, number: parts[1] };
  const number = /^\d[\w.+-]*/.exec(version)?.[0];
  return number === undefined ? {} : { product: "BIND", number };
}
