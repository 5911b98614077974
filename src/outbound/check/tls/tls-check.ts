import type { TLSSocket } from "node:tls";
import type { Check, CheckRequest, CheckResult } from "../../../core/check.ts";
import { Deadline } from "../../probe/deadline.ts";
import { openSecure, type SecureTarget } from "../../probe/open-secure.ts";
import { contextTrusting, tlsNotDetected } from "../../probe/secure.ts";
import { readTruststore } from "../../probe/truststore.ts";
import { explainDistrust, nameMismatch, systemRoots } from "../../probe/verify.ts";
import { certificateFacts } from "../cert/certificate-facts.ts";
import type { CheckContext } from "../check-context.ts";
import {
  isSwitchedOn,
  refusedOption,
  serverNameOption,
  startTlsChoice,
  startTlsOption,
  textOption,
} from "../option-values.ts";
import { answersWithTls } from "./ask-hello.ts";
import { type Enumeration, enumerateVersions, isComplete } from "./enumerate.ts";

const detected = "TLS detected";

/** Whether the service speaks TLS; and which versions and ciphers it takes, and who vouches for its certificate. */
export function createTlsCheck(context: CheckContext): Check {
  return {
    name: "tls",
    description:
      "whether the service speaks TLS: versions and ciphers it takes, and whether its certificate is trusted",
    options: [
      startTlsOption,
      serverNameOption,
      { name: "brief", description: "only whether it does, by one handshake" },
    ],
    run: (request, signal) => checkTls(request, context, signal),
  };
}

async function checkTls(request: CheckRequest, context: CheckContext, signal: AbortSignal): Promise<CheckResult> {
  const choice = startTlsChoice(request.options);
  if (choice.kind === "unknown") return refusedOption("tls", tlsNotDetected, choice.reason);
  const brief = isSwitchedOn(request.options, "brief");
  // Reading the system's roots the first time takes time that is not the server's.
  const secureContext = brief ? undefined : systemRoots();
  using deadline = new Deadline(request.timeoutMs, signal);
  const target: SecureTarget = {
    host: request.host,
    port: request.port,
    serverName: textOption(request.options, "servername") ?? request.host,
    startTls: choice.protocol,
  };
  const opened = await openSecure(target, deadline, secureContext === undefined ? {} : { secureContext });
  if (opened.kind !== "secure") {
    const speaksTls =
      opened.kind === "refused" ||
      // It went away: from our hello, perhaps, and not from every hello.
      (opened.kind === "not-tls" && opened.code === "ECONNRESET" && (await answersWithTls(target, deadline)));
    if (!speaksTls) {
      const { reason } = opened;
      return {
        check: "tls",
        passed: false,
        output: lines(tlsNotDetected, brief || reason === tlsNotDetected ? [] : [reason]),
        facts: { tls: false, reason },
      };
    }
    const found = brief ? undefined : await enumerateVersions(target, deadline);
    const shown = opened.kind === "refused" ? opened.chain?.[0] : undefined;
    const details = [
      ...(found === undefined ? [] : versionLines(found)),
      ...(shown === undefined ? [] : subjectLine(shown)),
      `the handshake was refused: ${opened.reason}`,
    ];
    return {
      check: "tls",
      passed: true,
      output: lines(detected, brief ? [] : details),
      facts: { tls: true, ...(found === undefined ? {} : versionFacts(found)), refused: opened.reason },
    };
  }
  const negotiated = negotiatedOf(opened.socket);
  const certificate = opened.socket.getPeerCertificate();
  const mismatch = nameMismatch(target.serverName, certificate);
  opened.connection[Symbol.dispose]();
  if (brief) return { check: "tls", passed: true, output: detected, facts: { tls: true, negotiated } };
  const systemReason = opened.untrusted === undefined ? undefined : explainDistrust(opened.untrusted);
  const truststore = systemReason === undefined ? undefined : readTruststore(context.directory, request.host);
  // One after the other: the many hellos must not keep the server from this one handshake.
  const truststoreReason = truststore === undefined ? undefined : await distrustOf(target, truststore, deadline);
  const found = await enumerateVersions(target, deadline);
  const verified = {
    system: systemReason === undefined,
    ...(systemReason === undefined ? {} : { reason: systemReason }),
    ...(truststoreReason === undefined ? {} : { truststore: truststoreReason.kind === "trusted" }),
    ...(truststoreReason?.kind === "untrusted" ? { truststoreReason: truststoreReason.reason } : {}),
    name: mismatch === undefined,
    ...(mismatch === undefined ? {} : { nameReason: mismatch }),
  };
  return {
    check: "tls",
    passed: true,
    output: lines(detected, [
      ...versionLines(found),
      ...(certificate.raw === undefined ? [] : subjectLine(certificate.raw)),
      systemReason === undefined
        ? "verified by the system's roots"
        : `not verified by the system's roots: ${systemReason}`,
      ...truststoreLine(truststoreReason),
      ...(mismatch === undefined ? [] : [`the name does not fit: ${mismatch}`]),
    ]),
    facts: { tls: true, negotiated, ...versionFacts(found), verified },
  };
}

type Trust = { readonly kind: "trusted" } | { readonly kind: "untrusted" | "unknown"; readonly reason: string };

/** Asks again, trusting only what was collected from this host. */
async function distrustOf(target: SecureTarget, truststore: string, deadline: Deadline): Promise<Trust> {
  let secureContext: ReturnType<typeof contextTrusting>;
  try {
    secureContext = contextTrusting([truststore]);
  } catch {
    return { kind: "untrusted", reason: "the stored truststore cannot be read" };
  }
  const opened = await openSecure(target, deadline, { secureContext });
  if (opened.kind !== "secure") return { kind: "unknown", reason: opened.reason };
  opened.connection[Symbol.dispose]();
  if (opened.untrusted === undefined) return { kind: "trusted" };
  return { kind: "untrusted", reason: explainDistrust(opened.untrusted) };
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

function negotiatedOf(socket: TLSSocket) {
  const { standardName } = socket.getCipher();
  return { version: (socket.getProtocol() ?? "unknown").replace(/^TLSv1$/, "TLSv1.0"), cipher: standardName };
}

function versionFacts(found: Enumeration) {
  const { versions, undecided, connections, refused, refusal } = found;
  return {
    versions: versions.map(({ version }) => version),
    ciphers: Object.fromEntries(versions.map(({ version, ciphers }) => [version, ciphers])),
    ...(isComplete(found)
      ? {}
      : {
          incomplete: true,
          incompleteVersions: versions.flatMap(({ version, complete }) => (complete ? [] : [version])),
          undecidedVersions: undecided,
          connections: { opened: connections, refused, ...(refusal === undefined ? {} : { refusal }) },
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
      ? "the time was too short for all handshakes; give the check more with --timeout"
      : `the server refused ${refused} of ${connections} connections${refusal === undefined ? "" : ` (last: ${refusal})`}`;
  const which = undecided.length === 0 ? "" : `; not known: ${undecided.join(", ")}`;
  return `incomplete list of versions and ciphers: ${why}${which}`;
}

function lines(first: string, more: readonly string[]): string {
  return [first, ...more].join("\n");
}
