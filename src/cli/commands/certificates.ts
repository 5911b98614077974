import { Command } from "commander";
import type { Address } from "../../core/address.ts";
import { HarbingerError } from "../../core/errors.ts";
import type { CertificateQuery, StoredCertificate } from "../../core/examination.ts";
import type { Store } from "../../core/store.ts";
import { plural } from "../../present/text/plural.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { note, printJson, printTable, printText } from "../output.ts";
import { parseAddressArgument } from "../parse-address.ts";
import { parseCount } from "../parse-count.ts";
import { parsePort } from "../parse-port.ts";

const dayMs = 86_400_000;

interface CertificatesOptions {
  readonly port?: number;
  readonly sha256?: string;
  readonly expiring?: number;
  readonly all?: boolean;
  readonly limit: number;
}

export function certificatesCommand(): Command {
  return withCommonOptions(new Command("certificates"))
    .description("list certificates, soonest expiry first")
    .argument("[address]", "only certificates of this address, with all details")
    .option("-p, --port <port>", "only certificates of this port", parsePort)
    .option("--sha256 <fingerprint>", "only this certificate, with all details", parseFingerprint)
    .option("--expiring <days>", "only certificates that expire within this many days, or have expired", parseDays)
    .option("--all", "include certificates that no service presents any more")
    .option("--limit <count>", "maximum number of certificates", parseCount, 100)
    .addHelpText(
      "after",
      examples(
        "harbinger certificates",
        "harbinger certificates --expiring 30",
        "harbinger certificates 192.168.1.7 --all",
        "harbinger certificates --json | jq -r 'select(.daysLeft < 14) | .subject'",
      ),
    )
    .action(async (address: string | undefined, options: CertificatesOptions, command: Command) => {
      const common = commonOptions(command);
      const known = address === undefined ? undefined : parseAddressArgument(address);
      const { openStoreToList } = await import("../open.ts");
      await using store = await openStoreToList(common);
      if (store === undefined) return;
      const now = Date.now();
      const found = await find(store, options, known, now);
      if (common.json === true) {
        const { certificateJson } = await import("../../present/certificates/certificate-json.ts");
        for (const certificate of found) printJson(certificateJson(certificate, now));
      } else if (found.length === 0) note(await whyNone(store, options));
      else {
        const showsDetails = known !== undefined || options.sha256 !== undefined;
        const sameKey = await withSameKey(store, found);
        await (showsDetails ? printDetails(found, sameKey, now) : printList(found, sameKey, now));
        if (found.length === options.limit) {
          note(`Stopped at ${plural(options.limit, "certificate")}; --limit shows more.`);
        }
      }
    });
}

async function find(
  store: Store,
  options: CertificatesOptions,
  address: Address | undefined,
  now: number,
): Promise<readonly StoredCertificate[]> {
  const { port, sha256, expiring, limit } = options;
  const query: CertificateQuery = {
    address,
    port,
    sha256,
    // A certificate asked for by fingerprint is shown even if no service presents it now.
    currentOnly: options.all !== true && sha256 === undefined,
    limit,
  };
  const found = (await store.examinations.certificates(query)).rows;
  // Sorted by expiry, so that the limit cuts off the latest ones.
  return expiring === undefined ? found : found.filter(({ validTo }) => validTo <= now + expiring * dayMs);
}

/** Groups by public key all stored certificates that share a key with `certificates`. */
async function withSameKey(
  store: Store,
  certificates: readonly StoredCertificate[],
): Promise<Map<string, StoredCertificate[]>> {
  const keys = [...new Set(certificates.map(({ keySha256 }) => keySha256))];
  const sameKey = (await store.examinations.certificates({ keys, limit: sameKeyLimit })).rows;
  return Map.groupBy(sameKey, ({ keySha256 }) => keySha256);
}

/** Maximum number of certificates compared for a shared key. */
const sameKeyLimit = 10_000;

async function printList(
  certificates: readonly StoredCertificate[],
  sameKey: ReadonlyMap<string, readonly StoredCertificate[]>,
  now: number,
): Promise<void> {
  const { issuerOf, nameOf, shownWhere } = await import("../../present/certificates/certificate-words.ts");
  const { whenItEnds } = await import("../../present/certificates/expiry-words.ts");
  printTable<StoredCertificate>(
    [
      { title: "ENDS", value: ({ validTo }) => whenItEnds(validTo, now), alignRight: true },
      { title: "SUBJECT", value: (certificate) => short(nameOf(certificate)) },
      { title: "ISSUER", value: (certificate) => short(issuerOf(certificate)), optional: 1 },
      { title: "SHOWN ON", value: (certificate) => shownWhere(certificate) },
      {
        title: "SAME KEY IN",
        optional: 2,
        value: ({ keySha256 }) => {
          const others = (sameKey.get(keySha256)?.length ?? 1) - 1;
          return others > 0 ? plural(others, "other") : undefined;
        },
      },
    ],
    certificates,
  );
}

async function printDetails(
  certificates: readonly StoredCertificate[],
  sameKey: ReadonlyMap<string, readonly StoredCertificate[]>,
  now: number,
): Promise<void> {
  const { certificateDetails } = await import("../../present/certificates/certificate-words.ts");
  const details = certificates.map((certificate) => {
    const others = sameKey.get(certificate.keySha256)?.filter(({ sha256 }) => sha256 !== certificate.sha256) ?? [];
    return certificateDetails(certificate, others, now);
  });
  printText(details.join("\n\n"));
}

/** What to do when nothing matches. */
async function whyNone(store: Store, options: CertificatesOptions): Promise<string> {
  const [any] = (await store.examinations.certificates({ limit: 1 })).rows;
  if (any === undefined) {
    return "No certificates yet: a watch with `checks: [cert]` collects the certificates of the services it finds.";
  }
  if (options.expiring === undefined || options.sha256 !== undefined) {
    return "No matching certificate. To collect more, add `checks: [cert]` to the watch; --all includes earlier ones.";
  }
  const shown = options.all === true ? "known certificate" : "certificate presented now";
  return `No ${shown} expires within ${plural(options.expiring, "day")}.`;
}

/** A distinguished name can be long; a table shows its beginning. */
function short(name: string): string {
  return name.length <= 50 ? name : `${name.slice(0, 47)}...`;
}

/** With or without colons, upper or lower case. */
function parseFingerprint(text: string): string {
  const digits = text.replace(/[:\s]/g, "").toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(digits)) {
    throw new HarbingerError("usage", `not a SHA-256 fingerprint: ${text}`, {
      remedy: "Write 64 hexadecimal digits, with or without colons: harbinger certificates --json shows them.",
    });
  }
  return digits.replace(/..(?=.)/g, "$&:");
}

function parseDays(text: string): number {
  const days = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(days) || days < 0) {
    throw new HarbingerError("usage", `--expiring ${text}: not a number of days`);
  }
  return days;
}
