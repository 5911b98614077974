import { plural } from "../present/text/plural.ts";
import type { DatabaseContents } from "../store/sqlite/database-contents.ts";

/** `4 hosts, 120 connections, ...; schema 6`: the contents of a database in one line. */
export function contentsText(contents: DatabaseContents): string {
  const { hosts, devices, scans, connections, waiting, givenUp, schema } = contents;
  const parts = [
    plural(hosts, "host"),
    ...(devices > 0 ? [plural(devices, "device")] : []),
    plural(scans, "scan"),
    plural(connections, "connection"),
    plural(waiting, "waiting message", "waiting messages"),
    ...(givenUp > 0 ? [plural(givenUp, "dead message", "dead messages")] : []),
  ];
  return `${parts.join(", ")}; schema ${schema}`;
}

/** The same as JSON. */
export function contentsJson(contents: DatabaseContents): Readonly<Record<string, unknown>> {
  const { schema, program, hosts, services, devices, scans, connections, waiting, givenUp } = contents;
  return {
    schema,
    program,
    hosts,
    services,
    devices,
    scans,
    connections,
    waiting,
    givenUp,
  };
}
