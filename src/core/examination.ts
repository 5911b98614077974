import type { Address } from "./address.ts";
import type { CheckResult } from "./check.ts";
import type { Audience } from "./delivery.ts";
import type { DiscoveryKind } from "./discovery.ts";
import type { Port } from "./ports.ts";

/**
 * What checks found out about services. The latest result of each check belongs to the service, whichever watch asked;
 * what is news belongs to the watch, which remembers for itself what it last learnt, so that each watch hears of a change
 * once. Times are milliseconds since the epoch; errors as in `Store`.
 */
export interface ExaminationStore {
  /**
   * Services that `watch` sees as there: met by its last scan, and last examined by it before `examinedBefore`, or never,
   * or after `now`, which a clock that was wrong leaves behind. In order of address and port; `after` is the last row of the page before.
   */
  due(query: {
    readonly watch: string;
    readonly examinedBefore: number;
    readonly now: number;
    readonly limit: number;
    readonly after?: ServiceKey | undefined;
  }): Promise<readonly ServiceKey[]>;
  /** What `watch` remembers of these services, in no order; one that was never examined is left out. */
  remembered(query: {
    readonly watch: string;
    readonly services: readonly ServiceKey[];
  }): Promise<readonly RememberedService[]>;
  /**
   * Keeps results, what the watch now remembers, and what became news, with an open delivery for each audience that
   * announces the news: all in one transaction. News stands under a scan record of its own (engine `checks`, status
   * `examined`), so that it is never linked to a message that was composed without it. A service that the watch has
   * never met is passed over.
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
   * Certificates, soonest expiry first, with everywhere each was shown. Issuers are among them: they expire, too.
   */
  certificates(query: CertificateQuery): Promise<readonly StoredCertificate[]>;
}

/** Names a service: see `ServiceRecord`. */
export interface ServiceKey {
  readonly address: Address;
  readonly port: Port;
}

export interface RememberedService extends ServiceKey {
  /** As {@link ExaminedService} has it. */
  readonly memory: string;
}

export interface ExaminedService extends ServiceKey {
  readonly results: readonly CheckResult[];
  /** What answers, as far as a check found it. */
  readonly service?:
    | {
        readonly name?: string | undefined;
        readonly product?: string | undefined;
        readonly version?: string | undefined;
      }
    | undefined;
  /** The chain that it showed, its own certificate first. Absent: no check saw one, which does not mean that there is none. */
  readonly chain?: readonly ObservedCertificate[] | undefined;
  /** What the watch knows from now on, as JSON text: the checking stage writes and reads it. */
  readonly memory: string;
  readonly news: readonly News[];
  /** What discoveries that asked who this is are told: see `DiscoveryStore.awaitingEvidence`. */
  readonly evidence?: { readonly discoveries: readonly number[]; readonly text: string };
}

export interface News {
  readonly kind: DiscoveryKind;
  readonly detail: string;
}

/** One certificate, as far as history is concerned. Texts are safe. */
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

/** The output is cut, and of facts that are too many the first are kept: then they say `truncated`. */
export interface StoredCheckResult extends CheckResult, ServiceKey {
  readonly at: number;
}

export interface StoredCertificate extends ObservedCertificate {
  readonly firstSeen: number;
  readonly lastSeen: number;
  /**
   * Services that show it: those at the address that was asked for first, then those that show it now, then the newest
   * sighting first; at most {@link sightingsShown}.
   */
  readonly services: readonly CertificateSighting[];
  /** How many services there are in all. */
  readonly serviceCount: number;
}

/** Services named with one certificate: what a hundred show, a thousand more may show as well. */
export const sightingsShown = 100;

export interface CertificateSighting extends ServiceKey {
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** It was shown when the service was last asked, and the service is not gone. */
  readonly isCurrent: boolean;
  /** It was shown as an issuer in the service's chain; otherwise as the service's own. */
  readonly isIssuer: boolean;
}

export interface CertificateQuery {
  /** Only those that this address shows or has shown. */
  readonly address?: Address;
  readonly port?: Port;
  readonly sha256?: string;
  /** Only those with one of these public keys, as `keySha256` has them. */
  readonly keys?: readonly string[];
  /** Only those that some service shows now. */
  readonly currentOnly?: boolean;
  readonly limit: number;
}
