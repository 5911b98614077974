import assert from "node:assert/strict";
import { type Address, parseAddress } from "../../src/core/address.ts";
import type { Connection, Origin } from "../../src/core/connection.ts";
import type { Identification, ProtocolName } from "../../src/core/identification.ts";
import type { DecidableConnection } from "../../src/inbound/decide/alert-gate.ts";

/** 2026-01-31, 07:00 in UTC, 08:00 in Berlin. */
export const at = Date.UTC(2026, 0, 31, 7);

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;

export function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

/** The input of a decision. */
export function connectionFrom(
  peer: string,
  port = 22,
  when = at,
  protocol: ProtocolName = "ssh",
): DecidableConnection {
  return {
    at: when,
    peer: { address: address(peer), port: 40_000 },
    local: { address: address("192.0.2.1"), port },
    identification: { protocol, complete: true },
  };
}

export function connection(payload: string | Uint8Array, identification: Identification): Connection {
  const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
  return {
    id: "c1",
    listener: "decoy",
    at,
    peer: { address: address("89.160.20.112"), port: 51_234 },
    local: { address: address("192.0.2.1"), port: 1417 },
    end: "client-closed",
    durationMs: 12.4,
    bytes: bytes.length,
    payload: bytes,
    phase: bytes.length === 0 ? "silent" : "client-first",
    identification,
  };
}

export const linkoping: Origin = {
  countryCode: "SE",
  country: "Sweden",
  region: "Östergötland County",
  city: "Linköping",
  latitude: 58.4167,
  longitude: 15.6167,
  asn: 29518,
  organization: "Bredband2 AB",
  hostname: "h89.example.net",
  hostnameConfirmed: true,
  placeSource: "maxmind",
};
