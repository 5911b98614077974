import type { Identification } from "../../core/identification.ts";
import { protocolFacts } from "../../core/protocol-facts.ts";
import { safeText } from "../../core/safe-text.ts";

/** The most important facts in a few words: `GET /wp-login.php curl/8.5`, `TLS 1.3 example.org h2`. */
export function describeIdentification(identification: Identification): string {
  const { http, tls, ssh, scanner, summary } = identification;
  const parts: (string | undefined)[] = [];
  if (http !== undefined) {
    const user = http.user === undefined || http.user === "" ? undefined : `user=${http.user}`;
    parts.push(http.method, http.path, http.host, user, http.userAgent);
  } else if (tls !== undefined) parts.push(tls.version, tls.sni, tls.alpn.join(","), tls.ja4);
  else if (ssh !== undefined) parts.push(ssh.ident, ssh.hassh);
  else if (summary !== undefined) parts.push(summary.preview);
  else parts.push(...protocolFacts(identification).map(([name, text]) => `${name}=${text}`));
  if (scanner !== undefined) parts.push(`(scanner: ${scanner})`);
  return safeText(parts.filter((part) => part !== undefined && part !== "").join(" "), { limit: 160 });
}
