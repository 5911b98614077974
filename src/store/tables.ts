import type { Generated } from "kysely";
import type { Verdict } from "../core/check.ts";
import type { Connection } from "../core/connection.ts";
import type { ChannelName, DeliveryState } from "../core/delivery.ts";
import type { DiscoveryKind } from "../core/discovery-kinds.ts";
import type { MuteTarget } from "../core/mute.ts";
import type { ScanRecord } from "../core/scan-record.ts";
import type { PresenceState } from "../core/store.ts";

/**
 * The tables, the same in every database. Times are milliseconds since the epoch, booleans 0 or 1, `endpoint` as in
 * endpoint.ts.
 */
export interface Tables {
  meta: MetaTable;
  watches: WatchTable;
  scans: ScanTable;
  ipv6_addresses: Ipv6Table;
  services: ServiceTable;
  presence: PresenceTable;
  discoveries: DiscoveryTable;
  deliveries: DeliveryTable;
  message_bodies: MessageBodyTable;
  announcements: AnnouncementTable;
  connections: ConnectionTable;
  contents: ContentTable;
  origins: OriginTable;
  sources: SourceTable;
  alerts: AlertTable;
  check_results: CheckResultTable;
  certificates: CertificateTable;
  certificate_sightings: CertificateSightingTable;
  devices: DeviceTable;
  device_addresses: DeviceAddressTable;
  mutes: MuteTable;
  acknowledgements: AcknowledgementTable;
  discovery_addresses: DiscoveryAddressTable;
}

export interface MetaTable {
  key: string;
  value: string;
}

export interface WatchTable {
  id: Generated<number>;
  site: Generated<string>;
  name: string;
  /** What `presence.last_seen` is where that is null. */
  seen_at: number | null;
  first_complete_scan: number | null;
  /** When it was first found in the configuration, where it waits for its schedule. */
  known_since: number | null;
  /** Its presence began with hosts of the earlier tool. */
  has_inherited: Generated<number>;
  /** When it first looked for devices. */
  surveyed_at: number | null;
}

export interface ScanTable {
  id: Generated<number>;
  watch_id: number;
  ports: string;
  engine: string;
  started_at: number;
  ended_at: number | null;
  /** `examined`: not a scan but the results of checks after one; stored here so that deliveries can announce them. */
  status: ScanRecord["status"] | "examined";
  reason: string | null;
  /** JSON array of texts. */
  notes: string;
  /** What was really probed, as a short text. */
  coverage: string | null;
  sighted: number;
  /** Number of its last change; see events/counters.ts. Null: last changed by an earlier version. */
  changed: number | null;
}

export interface Ipv6Table {
  id: Generated<number>;
  sort_key: string;
  address: string;
}

export interface ServiceTable {
  site: Generated<string>;
  endpoint: number;
  first_seen: number;
  /** Or later: see `presence.last_seen`. */
  last_seen: number;
  hostname: string | null;
  mac: string | null;
  vendor: string | null;
  name: string | null;
  product: string | null;
  version: string | null;
  /** Came from the earlier tool's database. */
  is_inherited: Generated<number>;
  /** Where it was imported: when it was seen last, unless a watch saw it later. Null: only its watches say it. */
  own_seen: number | null;
}

export interface PresenceTable {
  watch_id: number;
  endpoint: number;
  state: PresenceState;
  misses: number;
  first_seen: number;
  /** Null: `watches.seen_at`. So a scan that sights a million known services need not write a million rows. */
  last_seen: number | null;
  /** See presence.ts. */
  history: string | null;
  /** The product that this watch last found. */
  product: string | null;
  version: string | null;
  /** When this watch last ran its checks on the service. */
  examined_at: number | null;
  /** What the checks found: text of the checking stage. */
  memory: string | null;
}

export interface DiscoveryTable {
  id: Generated<number>;
  watch_id: number;
  scan_id: number;
  kind: DiscoveryKind;
  at: number;
  endpoint: number | null;
  first_seen: number | null;
  last_seen: number | null;
  detail: string | null;
  evidence: string | null;
  is_first_scan: number;
  /** Recorded and never announced. */
  is_quiet: number;
  /** MAC address of the device that it is about. */
  device: string | null;
  /** Of `new`: the host was known before this scan began. */
  is_known_host: number | null;
  /** A mute covered it when it was recorded, until then: it is quiet. */
  muted_until: number | null;
  /** When a check showed that it is over; see ended-discoveries.ts. */
  ended_at: number | null;
}

export interface DeliveryTable {
  id: Generated<number>;
  label: string;
  channel: ChannelName;
  recipient: string;
  state: DeliveryState;
  /** Open and being composed: what is discovered from now on goes to the next one. */
  is_sealed: number;
  created_at: number;
  message_id: string | null;
  message_date: number | null;
  subject: string | null;
  /** Of a version before `body`, as the next two; null where `body` is not. */
  text: string | null;
  html: string | null;
  json: string | null;
  file_name: string | null;
  attempts: number;
  next_attempt_at: number | null;
  delivered_at: number | null;
  last_error: string | null;
  is_uncertain: number;
  /** Only reports supersede each other. An alert is never open, announces no discoveries and is never replaced. */
  kind: Generated<"report" | "alert">;
  urgency: "high" | null;
  /** In `message_bodies`. */
  body: number | null;
  /** As in `scans`. */
  changed: number | null;
}

/** Bodies of messages, each stored once for all recipients. Deleted with the last delivery that refers to it. */
export interface MessageBodyTable {
  id: Generated<number>;
  /** See message-bodies.ts. */
  hash: Uint8Array;
  text: string;
  html: string | null;
  json: string | null;
}

/**
 * A delivery announces all discoveries of a scan that are not quiet. All audiences of a watch receive all of them, so
 * one row represents a million.
 */
export interface AnnouncementTable {
  delivery_id: number;
  scan_id: number;
}

/** One connection to a decoy. Addresses as in address-key.ts. Its `rowid` is the order in which it was recorded. */
export interface ConnectionTable {
  id: string;
  at: number;
  listener: string;
  peer: Uint8Array;
  peer_port: number;
  local: Uint8Array;
  local_port: number;
  via: Uint8Array | null;
  via_port: number | null;
  ending: Connection["end"];
  duration_ms: number;
  bytes: number;
  phase: Connection["phase"];
  /** Also in `identification`; here for queries. */
  protocol: string;
  /** JSON of an `Identification`. This and the payload are empty where they are in `contents`. */
  identification: string;
  payload: Uint8Array;
  /** Null: of a version before `contents`. */
  content: number | null;
  /** A mute covered it when it was recorded, until then. */
  muted_until: number | null;
}

/** What clients sent; repeated content is stored once. */
export interface ContentTable {
  id: Generated<number>;
  /** Of identification and payload; see contents.ts. */
  hash: Uint8Array;
  identification: string;
  payload: Uint8Array;
  /** Time of the latest connection that sent it, or a little later. */
  last_at: number;
}

/** The latest enrichment of a peer. */
export interface OriginTable {
  address: Uint8Array;
  /** See origin-text.ts. */
  origin: string;
  at: number;
}

/** The peers of connections, counted up to a number of a connection: see count-sources.ts. */
export interface SourceTable {
  peer: Uint8Array;
  count: number;
  first_at: number;
  last_at: number;
  /** `rowid` of the connection that was recorded last; it may have been deleted since. */
  last_number: number;
}

export interface AlertTable {
  id: string;
  at: number;
  label: string;
  channel: ChannelName;
  recipient: string;
  data: string;
  composed_at: number | null;
  /** The delivery that carries it; it may have been pruned since. */
  delivery_id: number | null;
}

/** The latest result of each check, whichever watch ran it. */
export interface CheckResultTable {
  site: Generated<string>;
  endpoint: number;
  /** Of the check. */
  name: string;
  at: number;
  passed: number;
  verdict: Verdict | null;
  output: string;
  /** JSON object; see facts-text.ts. */
  facts: string;
}

export interface CertificateTable {
  sha256: string;
  key_sha256: string;
  subject: string;
  issuer: string;
  serial: string;
  /** Null where it cannot be read. */
  valid_from: number | null;
  valid_to: number | null;
  /** JSON array of texts. */
  names: string;
  is_self_signed: number;
  first_seen: number;
  last_seen: number;
}

/** Where a certificate was shown. */
export interface CertificateSightingTable {
  site: Generated<string>;
  endpoint: number;
  sha256: string;
  first_seen: number;
  last_seen: number;
  /** The service presented it at the last check. */
  is_current: number;
  /** It was an issuer in the chain, not the service's own certificate. */
  is_issuer: number;
}

/** A device on a network that this machine is on. */
export interface DeviceTable {
  site: Generated<string>;
  mac: string;
  state: PresenceState;
  misses: number;
  /** See presence.ts. */
  history: string | null;
  first_seen: number;
  last_seen: number;
  own_name: string | null;
  is_approved: Generated<number>;
  /** JSON array of `DeviceName`. */
  names: string;
  /** Vendor of the MAC address, looked up together with the names. */
  vendor: string | null;
  /** When its names were last looked up; null: never. */
  named_at: number | null;
}

/** An address that a device has or had. Addresses as in address-key.ts. */
export interface DeviceAddressTable {
  site: Generated<string>;
  mac: string;
  address: Uint8Array;
  first_seen: number;
  last_seen: number;
  is_current: number;
}

/** See core/mute.ts. Addresses as in address-key.ts. */
export interface MuteTable {
  id: Generated<number>;
  kind: MuteTarget["kind"];
  /** Of `host` the address, of `source` the first one. */
  first: Uint8Array | null;
  /** Of `source`. */
  last: Uint8Array | null;
  /** Of `host`; null: all. */
  port: number | null;
  /** Of `device`. */
  mac: string | null;
  note: string;
  muted_by: string;
  created_at: number;
  until: number;
  ended_by: string | null;
}

/** Deleted with its discovery. */
export interface AcknowledgementTable {
  discovery_id: number;
  at: number;
  acknowledged_by: string;
  note: string;
}

/** The addresses that a discovery of a device is about. What concerns a service has its endpoint instead. */
export interface DiscoveryAddressTable {
  discovery_id: number;
  address: Uint8Array;
}
