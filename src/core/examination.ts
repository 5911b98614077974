import type { Address } from "./address.ts";
import type { CheckResult } from "./check.ts";
import type { Audience } from "./delivery.ts";
import type { DiscoveryKind } from "./discovery-kinds.ts";
import type { Page, PageQuery } from "./page.ts";
import type { Port } from "./ports.ts";

/**
 * Results of checks on services. The latest result of each check belongs to the service, whichever watch ran it;
 * discoveries belong to the watch, which keeps its own memory of the last results, so that each watch reports a
 * change once. Times are milliseconds since the epoch; errors as in `Store`.
 */
export interface ExaminationStore {
  /**
   * Services that are present for `watch`: sighted by its last scan, and last examined by it before `examinedBefore`,
   * or never, or after `now`, which happens after the clock was wrong. In order of address and port; `after` is the
   * last row of the page before.
   */
  due(query: {
    readonly watch: string;
    readonly examinedBefore: number;
    readonly now: number;
    readonly limit: number;
    readonly after?: ServiceKey | undefined;
  }): Promise<readonly ServiceKey[]>;
  /** The memory of `watch` for these services, in no order; services that were never examined are left out. */
  remembered(query: {
    readonly watch: string;
    readonly services: readonly ServiceKey[];
  }): Promise<readonly RememberedService[]>;
  /**
   * Stores results, the watch's new memory, and the news, with an open delivery for each audience that announces the
   * news: all in one transaction. News belongs to a scan record of its own (engine `checks`, status `examined`), so
   * that it is never linked to a message that was composed without it. A service that the watch has never sighted is
   * skipped.
   * @returns how many discoveries were made
   */
  record(examination: {
    readonly watch: string;
    readonly at: number;
    readonly services: readonly ExaminedService[];
    readonly audiences: readonly Audience[];
  }): Promise<number>;
  /** The latest results of an address, in order of port and check. */
  results(query: { readonly address: Address; readonly port?: Port }): Promise<readonly StoredCheckResult[]>;
  /**
   * Certificates with all services that presented each. By end of validity and fingerprint: `ascending`, soonest
   * expiry first, by default; those whose end cannot be read are after all others. Issuers are included: they expire,
   * too.
   */
  certificates(query: CertificateQuery): Promise<Page<StoredCertificate>>;
}

/** Names a service: see `ServiceRecord`. */
export interface ServiceKey {
  readonly address: Address;
  readonly port: Port;
}

export interface RememberedService extends ServiceKey {
  /** As in {@link ExaminedService}. */
  readonly memory: string;
}

/** A result, and whether it says nothing about the service because that could not be reached: an earlier one is kept then. */
export interface ExaminedResult extends CheckResult {
  readonly isUnreached?: true;
}

export interface ExaminedService extends ServiceKey {
  readonly results: readonly ExaminedResult[];
  /** The service that answers, as far as a check identified it. */
  readonly service?:
    | {
        readonly name?: string | undefined;
        readonly product?: string | undefined;
        readonly version?: string | undefined;
      }
    | undefined;
  /**
   * The chain that it presented, its own certificate first. Absent: no check saw one, which does not mean that there
   * is none.
   */
  readonly chain?: readonly ObservedCertificate[] | undefined;
  /** The watch's new memory, as JSON text: the checking stage writes and reads it. */
  readonly memory: string;
  readonly news: readonly News[];
  /** Evidence for discoveries that awaited it: see `DiscoveryStore.awaitingEvidence`. */
  readonly evidence?: { readonly discoveries: readonly number[]; readonly text: string };
}

export interface News {
  readonly kind: DiscoveryKind;
  readonly detail: string;
}

/** One certificate, as far as it is stored. Texts are safe. */
export interface ObservedCertificate {
  /** SHA-256 of the whole certificate, upper-case hexadecimal with colons. */
  readonly sha256: string;
  /** SHA-256 of the public key (SubjectPublicKeyInfo), lower-case hexadecimal. */
  readonly keySha256: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  /** NaN where it cannot be read, as in `validTo`. */
  readonly validFrom: number;
  readonly validTo: number;
  /** As `DNS:example.org`, `IP Address:10.0.0.1`. */
  readonly names: readonly string[];
  readonly selfSigned: boolean;
}

/** The output is cut, and of too many facts the first are kept, with `truncated`. */
export interface StoredCheckResult extends CheckResult, ServiceKey {
  readonly at: number;
}

export interface StoredCertificate extends ObservedCertificate {
  readonly firstSeen: number;
  readonly lastSeen: number;
  /**
   * Services that present it: those at the queried address first, then those that present it now, then by newest
   * sighting; at most {@link sightingsShown}.
   */
  readonly services: readonly CertificateSighting[];
  /** How many services there are in all. */
  readonly serviceCount: number;
  /** How many of them present it now. */
  readonly currentCount: number;
}

/** Services listed with one certificate: a certificate on a hundred services may be on thousands. */
export const sightingsShown = 100;

export interface CertificateSighting extends ServiceKey {
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** It was presented at the last check, and the service is not gone. */
  readonly isCurrent: boolean;
  /** It was presented as an issuer in the service's chain; otherwise as the service's own. */
  readonly isIssuer: boolean;
}

export interface CertificateQuery extends PageQuery {
  /** Only those that this address presents or has presented. */
  readonly address?: Address | undefined;
  readonly port?: Port | undefined;
  readonly sha256?: string | undefined;
  /** Only those that are or were on an address from the first to the last one, in any zone. */
  readonly range?: { readonly first: Address; readonly last: Address } | undefined;
  /** Only those that end at this time or earlier. */
  readonly endsBy?: number | undefined;
  /** A part of the issuer's name in printable ASCII, whatever the case. */
  readonly issuer?: string | undefined;
  readonly selfSigned?: boolean | undefined;
  /** Only those with one of these public keys, as `keySha256` has them. */
  readonly keys?: readonly string[] | undefined;
  /** Only those that a service presents now. */
  readonly currentOnly?: boolean | undefined;
}
