import type { PayloadMark } from "./payload-mark.ts";

/**
 * First payloads of scanners other than nmap that normal clients send too. Names of scanners in text fields are in
 * `text-marks.ts`. Sources: the modules of https://github.com/zmap/zgrab2 (http, redis, postgres,
 * mysql, ssh), https://github.com/robertdavidgraham/masscan (`--banners`), https://github.com/zmap/zmap.
 */
export const otherProbes: readonly PayloadMark[] = [
  {
    scanner: "zgrab",
    probe: "redis",
    start: "*1\r\n$4\r\nPING\r\n",
    exact: true,
    clients: "Redis clients and health checks (redis-cli ping)",
  },
  {
    scanner: "zgrab",
    probe: "postgres",
    start: "\x00\x00\x00\x08\x04\xd2\x16\x2f",
    exact: true,
    clients: "any PostgreSQL client that prefers encryption",
  },
];
