import type { DatabaseContents } from "../store/sqlite/database-contents.ts";
import { plural } from "./output.ts";

/** `4 hosts, 120 connections, ...; schema 6`: what is in a database, in one line. */
export function contentsText(contents: DatabaseContents): string {
  const { hosts, devices, scans, connections, waiting, givenUp, schema } = contents;
  const parts = [
    plural(hosts, "host"),
    ...(devices > 0 ? [plural(devices, "device")] : []),
    plural(scans, "scan"),
    plural(connections, "connection"),
    plural(waiting, "message that waits", "messages that wait"),
    ...(givenUp > 0 ? [plural(givenUp, "message that was given up", "messages that were given up")] : []),
  ];
  return `${parts.join(", ")}; schema ${schema}`;
}

/** The same for programs. */
export function contentsJson(contents: DatabaseContents): Readonly<Record<string, unknown>> {
  const { schema, program, hosts, services, devices, scans, connections, waiting, givenUp } = contents;
  return {
    schema,
    ...(program === undefined ? {} : { program }),
    hosts,
    services,
    devices,
    scans,
    connections,
    waiting,
    givenUp,
  };
}
