import { systemCode } from "../core/errors.ts";
import { hostLiteral } from "../core/host-literal.ts";
import { type CertificatePair, pairProblem } from "../web/access/certificate-pair.ts";
import { isLoopback, parseListen } from "../web/schema.ts";
import type { Finding } from "./issues.ts";
import type { ReadBytes } from "./read-file.ts";
import type { Sections } from "./sections.ts";

type TlsFiles = NonNullable<Sections["named"]["web"]["tls"]>;

/** Reports certificate files with which the pages cannot be served. */
export function unusableCertificate({ named }: Sections, read: ReadBytes): Finding[] {
  const { tls } = named.web;
  if (tls === undefined) return [];
  const certificate = contentsOf("certificate", tls, read);
  const key = contentsOf("key", tls, read);
  if (!(certificate instanceof Uint8Array)) return key instanceof Uint8Array ? [certificate] : [certificate, key];
  if (!(key instanceof Uint8Array)) return [key];
  const problem = pairProblem({ certificate, key });
  return problem === undefined ? [] : [findingOf(problem.part, problem.message)];
}

/** Settings of the pages that are valid but probably unintended. */
export function webWarnings({ named }: Sections): Finding[] {
  const { listen, tls, trusted_proxies: proxies, hosts, users, tokens } = named.web;
  const place = listen === "off" || listen === false ? undefined : parseListen(listen);
  if (place === undefined) return [];
  const found: Finding[] = [];
  const isPlain = tls === undefined && proxies.length === 0;
  if (!isLoopback(place.address) && isPlain) {
    const message = `other machines reach ${hostLiteral(place.address)}, and without web.tls everybody on the way can read passwords and tokens; set web.tls, or web.trusted_proxies for a proxy that serves HTTPS`;
    found.push({ path: ["web", "listen"], what: "value", message });
  }
  if (proxies.length > 0 && hosts.length === 0) {
    const message = "browsers that come through a proxy send its name: list it in web.hosts";
    found.push({ path: ["web", "trusted_proxies"], what: "key", message });
  }
  if (proxies.length > 0 && Object.keys(users).length + Object.keys(tokens).length === 0) {
    const message = "everybody who reaches the proxy may do everything: add web.users or web.tokens";
    found.push({ path: ["web", "trusted_proxies"], what: "key", message });
  }
  return found;
}

function contentsOf(part: keyof CertificatePair, tls: TlsFiles, read: ReadBytes): Uint8Array | Finding {
  try {
    return read(tls[part]);
  } catch (error) {
    return findingOf(part, `this file cannot be read (${systemCode(error) ?? "unknown error"})`);
  }
}

function findingOf(part: keyof CertificatePair, message: string): Finding {
  return { path: ["web", "tls", part], what: "value", message };
}
