import path from "node:path";
import * as z from "zod";
import type { CheckRequest } from "../../../core/check.ts";
import { messageOf } from "../../../core/errors.ts";
import type { Port } from "../../../core/ports.ts";
import { safeText } from "../../../core/safe-text.ts";
import { ensureFolder, writeFileAtomically } from "../../../platform/private-files.ts";
import { Deadline } from "../../probe/deadline.ts";
import type { StartTlsProtocol } from "../../probe/starttls/starttls.ts";
import { trustSystem } from "../../probe/tls/contexts.ts";
import { withoutTls } from "../../probe/tls/failure.ts";
import { type OpenTlsOutcome, openTls, type TlsTarget } from "../../probe/tls/open-tls.ts";
import { explainDistrust } from "../../probe/tls/verify.ts";
import { readTruststore, truststorePath } from "../../probe/truststore.ts";
import type { CheckContext } from "../check-context.ts";
import { type CheckAnswer, defineCheck } from "../define-check.ts";
import { serverNameOption, startTlsOption, switchOption } from "../options.ts";
import { renderAnalysis, summariseCertificate } from "./analysis.ts";
import { certificateFacts, daysLeft, pemOf } from "./certificate-facts.ts";

const notCollected = "No certificate collected";

const options = z.object({
  starttls: startTlsOption,
  servername: serverNameOption,
  "only-changes": switchOption("do not rewrite the files where they contain this chain already"),
});

/** ISO 8601; absent where the date in the certificate cannot be read. In milliseconds since the epoch, then NaN. */
const instant = z
  .string()
  .optional()
  .transform((text) => (text === undefined ? Number.NaN : Date.parse(text)));

const shownCertificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  serial: z.string(),
  validFrom: instant,
  validTo: instant,
  names: z.array(z.string()),
  sha256: z.string(),
  sha1: z.string(),
  keySha256: z.string(),
  keyType: z.string(),
  keyBits: z.number().optional(),
  curve: z.string().optional(),
  signatureAlgorithm: z.string(),
  selfSigned: z.boolean(),
  authority: z.boolean(),
  /** NaN where `validTo` cannot be read. */
  daysLeft: z.union([z.number(), z.nan()]),
});

const facts = z.object({
  /** Why there is no chain. `not-tls`, `not-started`: the service does not speak TLS. */
  state: z.enum(["not-connected", "not-started", "not-tls", "refused", "timed-out", "secure", "unreadable"]).optional(),
  reason: z.string().optional(),
  /** The server's own certificate first. */
  chain: z.array(shownCertificate).min(1).optional(),
  verified: z.object({ system: z.boolean(), reason: z.string().optional() }).optional(),
  /** The files, or why they could not be written. */
  truststore: z.string().optional(),
  analysis: z.string().optional(),
  failure: z.string().optional(),
});

type Answer = CheckAnswer<z.input<typeof facts>>;
type Request = CheckRequest<z.output<typeof options>>;

/** Collects the certificates that a server shows, and keeps them for other checks to trust. */
export const certCheck = defineCheck({
  name: "cert",
  description: "collect the certificate chain into ca_certs/HOST-truststore.pem, with an analysis beside it",
  options,
  facts,
  sample: {
    words: "192.168.1.7 443",
    output: [
      "1 certificate saved to ca_certs/192.168.1.7-truststore.pem",
      "1. CN=nas.lan; self-signed; 812 days left; RSA 2048 bits; SHA-256 5A:0C:...",
      "not verified by the system's roots: self-signed certificate",
    ].join("\n"),
  },
  // The files are not written again for each host and scan.
  inExamination: { maxTimeMs: 8000, options: { "only-changes": true } },
  run: checkCertificate,
});

/** Ports on which TLS usually begins inside the protocol. */
const usualStartTls: ReadonlyMap<Port, StartTlsProtocol> = new Map([
  [21, "ftp"],
  [25, "smtp"],
  [110, "pop3"],
  [143, "imap"],
  [389, "ldap"],
  [587, "smtp"],
  [3306, "mysql"],
  [5432, "postgres"],
]);

async function checkCertificate(request: Request, signal: AbortSignal, checkContext: CheckContext): Promise<Answer> {
  const { starttls, servername } = request.options;
  // Before the deadline starts, because reading the system's roots takes time at first.
  const context = trustSystem();
  using deadline = new Deadline(request.timeoutMs, signal);
  const target: TlsTarget = {
    host: request.host,
    port: request.port,
    serverName: servername ?? request.host,
    startTls: starttls ?? usualStartTls.get(request.port),
  };
  let opened = await openTls(target, deadline, { context });
  // The protocol was only guessed from the port, so direct TLS is tried too.
  if (opened.kind === "not-started" && starttls === undefined && !deadline.isOver) {
    opened = await openTls({ ...target, startTls: undefined }, deadline, { context });
  }
  const collected = chainOf(opened);
  if (collected === undefined) {
    const reason = "reason" in opened ? opened.reason : "the server showed none";
    const isPlain = opened.kind === "not-tls" || opened.kind === "not-started";
    return {
      passed: false,
      output: `${notCollected}: ${isPlain ? withoutTls(reason) : reason}`,
      facts: { state: opened.kind, reason },
    };
  }
  return keep(request, checkContext, collected);
}

interface Collected {
  /** As the server sent it; the root is added where this system trusts it. */
  readonly chain: readonly Buffer[];
  /** Why this system does not trust it; `undefined` where it does. */
  readonly distrust: string | undefined;
}

function chainOf(opened: OpenTlsOutcome): Collected | undefined {
  if (opened.kind === "secure") {
    using _connection = opened.connection;
    const { chain, untrusted } = opened.session;
    const distrust = untrusted === undefined ? undefined : explainDistrust(untrusted);
    return chain.length === 0 ? undefined : { chain, distrust };
  }
  if (opened.kind !== "refused" || opened.chain.length === 0) return undefined;
  return { chain: opened.chain, distrust: `not verified, because the handshake was refused: ${opened.reason}` };
}

function keep(request: Request, context: CheckContext, { chain: ders, distrust }: Collected): Answer {
  const now = context.clock.now();
  const chain = ders.flatMap((der) => certificateFacts(der) ?? []);
  if (chain.length === 0) {
    return {
      passed: false,
      output: `${notCollected}: they cannot be read`,
      facts: { state: "unreadable" },
    };
  }
  const trust =
    distrust === undefined ? "verified by the system's roots" : `not verified by the system's roots: ${distrust}`;
  const pem = truststorePath(context.directory, request.host, "pem");
  const text = truststorePath(context.directory, request.host, "txt");
  const host = safeText(request.host, { limit: 255 });
  const content = ders.map(pemOf).join("");
  const isKept = request.options["only-changes"] && readTruststore(context.directory, request.host) === content;
  let failure: string | undefined;
  try {
    if (!isKept) {
      ensureFolder(path.dirname(pem));
      writeFileAtomically(pem, content);
      writeFileAtomically(text, renderAnalysis({ host, port: request.port, chain, trust, now }));
    }
  } catch (error) {
    failure = `The certificates could not be written: ${safeText(messageOf(error))}`;
  }
  const shown = path.relative(context.directory, pem);
  const count = chain.length === 1 ? "1 certificate" : `${chain.length} certificates`;
  return {
    passed: failure === undefined,
    output: [
      failure ?? `${count} ${isKept ? "as kept in" : "saved to"} ${shown}`,
      ...chain.map((certificate, index) => summariseCertificate(certificate, index, now)),
      trust,
    ].join("\n"),
    facts: {
      chain: chain.map((certificate) => ({
        ...certificate,
        names: [...certificate.names],
        validFrom: isoOf(certificate.validFrom),
        validTo: isoOf(certificate.validTo),
        daysLeft: daysLeft(certificate, now),
      })),
      verified: { system: distrust === undefined, reason: distrust },
      ...(failure === undefined
        ? { truststore: shown, analysis: path.relative(context.directory, text) }
        : { failure }),
    },
  };
}

function isoOf(ms: number): string | undefined {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : undefined;
}
