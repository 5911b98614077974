import { readFileSync } from "node:fs";
import type { AddressRange } from "../../../core/network.ts";
import { learnsNeighbours } from "../../../platform/interface-networks.ts";

/** Addresses that are reached through one interface. */
export interface LinkRange extends AddressRange {
  readonly link: string;
}

/** A route of this machine. */
export interface Route extends LinkRange {
  /** The addresses are behind a router. */
  readonly hasGateway: boolean;
  /** Of two routes to the same addresses the one with the lower metric is used. */
  readonly metric: number;
}

/** The routes of Linux's main table; none where the system does not show them. */
export function systemRoutes(): readonly Route[] {
  return [
    ...parseIpv4Routes(readOptional("/proc/net/route")),
    ...parseIpv6Routes(readOptional("/proc/net/ipv6_route")),
  ];
}

/** RTF_REJECT of Linux's route.h: packets to these addresses are rejected. */
const rejects = 0x200;

/** Parses Linux's /proc/net/route; lines that are not a route are skipped. */
export function parseIpv4Routes(text: string): readonly Route[] {
  return text.split("\n").flatMap((line): Route[] => {
    const [link = "", destination = "", gateway = "", flags = "", , , metric = "", mask = ""] = line.split("\t");
    const words = [destination, gateway, mask];
    // A route that rejects has no interface: `*`.
    if (link === "" || link === "*" || !words.every((word) => /^[0-9A-F]{8}$/.test(word))) return [];
    if ((Number(`0x${flags}`) & rejects) !== 0) return [];
    const first = littleEndian(destination);
    const last = first | (littleEndian(mask) ^ 0xffff_ffffn);
    return [{ family: 4, first, last, link, hasGateway: gateway !== "00000000", metric: Number(metric) || 0 }];
  });
}

/** Parses Linux's /proc/net/ipv6_route; lines that are not a route are skipped. */
export function parseIpv6Routes(text: string): readonly Route[] {
  return text.split("\n").flatMap((line): Route[] => {
    const [destination = "", bits = "", , , gateway = "", metric = "", , , flags = "", link = ""] = line.split(/ +/);
    const isRoute = /^[0-9a-f]{32}$/.test(destination) && /^[0-9a-f]{2}$/.test(bits) && link !== "";
    const free = 128 - Number(`0x${bits}`);
    if (!isRoute || free < 0 || (Number(`0x${flags}`) & rejects) !== 0) return [];
    const first = BigInt(`0x${destination}`);
    const last = first | ((1n << BigInt(free)) - 1n);
    return [{ family: 6, first, last, link, hasGateway: !/^0*$/.test(gateway), metric: Number(`0x${metric}`) || 0 }];
  });
}

/** Addresses reached without a router, through interfaces that learn MAC addresses. */
export function gatewaylessRoutes(routes: readonly Route[]): readonly LinkRange[] {
  return routes.filter(
    ({ family, first, last, link, hasGateway }) =>
      family === 4 && !hasGateway && last - first < 0xffff_ffffn && link !== "lo" && learnsNeighbours(link),
  );
}

function littleEndian(hex: string): bigint {
  return BigInt(Buffer.from(hex, "hex").readUInt32LE());
}

function readOptional(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
