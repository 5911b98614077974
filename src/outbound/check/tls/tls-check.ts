import * as z from "zod";
import type { CheckRequest } from "../../../core/check.ts";
import { Deadline } from "../../probe/deadline.ts";
import { contextTrusting, trustSystem } from "../../probe/tls/contexts.ts";
import { tlsNotDetected } from "../../probe/tls/failure.ts";
import type { TlsSession } from "../../probe/tls/handshake.ts";
import { openTls, type TlsTarget } from "../../probe/tls/open-tls.ts";
import { explainDistrust, nameMismatch } from "../../probe/tls/verify.ts";
import { readTruststore } from "../../probe/truststore.ts";
import { certificateFacts } from "../cert/certificate-facts.ts";
import type { CheckContext } from "../check-context.ts";
import { type CheckAnswer, defineCheck } from "../define-check.ts";
import { serverNameOption, startTlsOption, switchOption } from "../options.ts";
import { answersWithTls } from "./ask-hello.ts";
import { type Enumeration, enumerateVersions, isComplete } from "./enumerate.ts";

const detected = "TLS detected";

const options = z.object({
  starttls: startTlsOption,
  servername: serverNameOption,
  brief: switchOption("one handshake only: whether the service speaks TLS"),
});

const facts = z.object({
  tls: z.boolean(),
  reason: z.string().optional(),
  negotiated: z.object({ version: z.string(), cipher: z.string() }).optional(),
  /** Why the server refused the handshake. */
  refused: z.string().optional(),
  versions: z.array(z.string()).optional(),
  /** Cipher suites by version. */
  ciphers: z.record(z.string(), z.array(z.string())).optional(),
  incomplete: z.literal(true).optional(),
  incompleteVersions: z.array(z.string()).optional(),
  undecidedVersions: z.array(z.string()).optional(),
  connections: z.object({ opened: z.number(), refused: z.number(), refusal: z.string().optional() }).optional(),
  verified: z
    .object({
      system: z.boolean(),
      reason: z.string().optional(),
      truststore: z.boolean().optional(),
      truststoreReason: z.string().optional(),
      name: z.boolean(),
      nameReason: z.string().optional(),
    })
    .optional(),
});

type Facts = z.input<typeof facts>;
type Answer = CheckAnswer<Facts>;

/** A handshake needs less time than a conversation. */
const quickly = { maxTimeMs: 5000, options: { brief: true } };

/** Whether the service speaks TLS, which versions and ciphers it accepts, and whether its certificate is trusted. */
export const tlsCheck = defineCheck({
  name: "tls",
  description: "whether the service speaks TLS: accepted versions and ciphers, and whether its certificate is trusted",
  options,
  facts,
  sample: {
    words: "mail.example.org 25 --starttls smtp",
    output: [
      "TLS detected",
      "TLSv1.3: TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 TLS_AES_128_GCM_SHA256",
      "certificate: CN=mail.example.org",
      "verified by the system's roots",
    ].join("\n"),
  },
  inExamination: quickly,
  inPostCommand: quickly,
  run: checkTls,
});

async function checkTls(
  request: CheckRequest<z.output<typeof options>>,
  signal: AbortSignal,
  context: CheckContext,
): Promise<Answer> {
  const { brief, starttls, servername } = request.options;
  // Before the deadline starts, because reading the system's roots takes time at first.
  const trust = brief ? undefined : trustSystem();
  using deadline = new Deadline(request.timeoutMs, signal);
  const target: TlsTarget = {
    host: request.host,
    port: request.port,
    serverName: servername ?? request.host,
    startTls: starttls,
  };
  const opened = await openTls(target, deadline, { context: trust });
  if (opened.kind !== "secure") {
    const speaksTls =
      opened.kind === "refused" ||
      // The server may have reset only because of this hello.
      (opened.kind === "not-tls" && opened.code === "ECONNRESET" && (await answersWithTls(target, deadline)));
    if (!speaksTls) {
      const { reason } = opened;
      return {
        passed: false,
        output: lines(tlsNotDetected, brief || reason === tlsNotDetected ? [] : [reason]),
        facts: { tls: false, reason },
      };
    }
    const found = brief ? undefined : await enumerateVersions(target, deadline);
    const shown = opened.kind === "refused" ? opened.chain[0] : undefined;
    const details = [
      ...(found === undefined ? [] : versionLines(found)),
      ...(shown === undefined ? [] : subjectLine(shown)),
      `the handshake was refused: ${opened.reason}`,
    ];
    return {
      passed: true,
      output: lines(detected, brief ? [] : details),
      facts: { tls: true, ...(found && versionFacts(found)), refused: opened.reason },
    };
  }
  opened.connection[Symbol.dispose]();
  const { certificate, untrusted } = opened.session;
  const negotiated = negotiatedIn(opened.session);
  const mismatch = nameMismatch(target.serverName, certificate);
  if (brief) return { passed: true, output: detected, facts: { tls: true, negotiated } };
  const systemReason = untrusted === undefined ? undefined : explainDistrust(untrusted);
  const truststore = systemReason === undefined ? undefined : readTruststore(context.directory, request.host);
  // Before the enumeration, whose many hellos could exhaust the server's connection limit.
  const truststoreReason = truststore === undefined ? undefined : await distrustOf(target, truststore, deadline);
  const found = await enumerateVersions(target, deadline);
  const verified = {
    system: systemReason === undefined,
    reason: systemReason,
    truststore: truststoreReason === undefined ? undefined : truststoreReason.kind === "trusted",
    truststoreReason: truststoreReason?.kind === "untrusted" ? truststoreReason.reason : undefined,
    name: mismatch === undefined,
    nameReason: mismatch,
  };
  return {
    passed: true,
    output: lines(detected, [
      ...versionLines(found),
      ...(certificate.raw === undefined ? [] : subjectLine(certificate.raw)),
      systemReason === undefined
        ? "verified by the system's roots"
        : `not verified by the system's roots: ${systemReason}`,
      ...truststoreLine(truststoreReason),
      ...(mismatch === undefined ? [] : [`the name does not match: ${mismatch}`]),
    ]),
    facts: { tls: true, negotiated, ...versionFacts(found), verified },
  };
}

type Trust = { readonly kind: "trusted" } | { readonly kind: "untrusted" | "unknown"; readonly reason: string };

/** A second handshake that trusts only the certificates collected from this host. */
async function distrustOf(target: TlsTarget, truststore: string, deadline: Deadline): Promise<Trust> {
  let context: ReturnType<typeof contextTrusting>;
  try {
    context = contextTrusting([truststore]);
  } catch {
    return { kind: "untrusted", reason: "the stored truststore cannot be read" };
  }
  const opened = await openTls(target, deadline, { context });
  if (opened.kind !== "secure") return { kind: "unknown", reason: opened.reason };
  opened.connection[Symbol.dispose]();
  const { untrusted } = opened.session;
  return untrusted === undefined ? { kind: "trusted" } : { kind: "untrusted", reason: explainDistrust(untrusted) };
}

function truststoreLine(trust: Trust | undefined): string[] {
  if (trust === undefined) return [];
  if (trust.kind === "trusted") return ["verified by the stored truststore"];
  return [`not verified by the stored truststore: ${trust.reason}`];
}

function subjectLine(der: Uint8Array): string[] {
  const facts = certificateFacts(der);
  return facts === undefined ? [] : [`certificate: ${facts.subject}`];
}

function negotiatedIn({ version, cipher }: TlsSession) {
  return { version: version.replace(/^TLSv1$/, "TLSv1.0"), cipher };
}

function versionFacts(found: Enumeration): Partial<Facts> {
  const { versions, undecided, connections, refused, refusal } = found;
  return {
    versions: versions.map(({ version }) => version),
    ciphers: Object.fromEntries(versions.map(({ version, ciphers }) => [version, [...ciphers]])),
    ...(!isComplete(found) && {
      incomplete: true,
      incompleteVersions: versions.flatMap(({ version, complete }) => (complete ? [] : [version])),
      undecidedVersions: [...undecided],
      connections: { opened: connections, refused, refusal },
    }),
  };
}

function versionLines(found: Enumeration): string[] {
  const listed = found.versions.map(
    ({ version, ciphers, complete }) => `${version}: ${ciphers.join(" ")}${complete ? "" : " (and perhaps more)"}`,
  );
  return isComplete(found) ? listed : [...listed, incompleteLine(found)];
}

function incompleteLine({ undecided, connections, refused, refusal }: Enumeration): string {
  const why =
    refused === 0
      ? "not enough time for all handshakes; increase --timeout"
      : `the server refused ${refused} of ${connections} connections${refusal === undefined ? "" : ` (last: ${refusal})`}`;
  const which = undecided.length === 0 ? "" : `; not known: ${undecided.join(", ")}`;
  return `incomplete list of versions and ciphers: ${why}${which}`;
}

function lines(first: string, more: readonly string[]): string {
  return [first, ...more].join("\n");
}
