import { Command, Option } from "commander";
import { addressFromBigInt } from "../../core/address.ts";
import type { ConnectionQuery, StoredConnection } from "../../core/connection-store.ts";
import { HarbingerError } from "../../core/errors.ts";
import { type ProtocolName, protocolNames } from "../../core/identification.ts";
import { suggestName } from "../../core/nearest-name.ts";
import { parseRange } from "../../core/network.ts";
import type { Cursor } from "../../core/page.ts";
import type { Store } from "../../core/store.ts";
import { connectionJson } from "../../present/connections/connection-json.ts";
import { plural } from "../../present/text/plural.ts";
import { briefSeconds, formatTime } from "../../present/text/time-text.ts";
import { type CommonOptions, commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { suggestWords } from "../completion/suggested-values.ts";
import { note, printJson, printTable } from "../output.ts";
import { parseCount } from "../parse-count.ts";
import { instantText, readInstant } from "../parse-instant.ts";
import { parsePort } from "../parse-port.ts";
import type { StoredOrigins } from "../stored-origins.ts";

const pageSize = 1000;

interface ConnectionsOptions {
  readonly since?: string;
  readonly until?: string;
  readonly peer?: ConnectionQuery["peer"];
  readonly port?: number;
  readonly protocol?: ProtocolName;
  readonly listener?: string;
  readonly limit: number;
}

export function connectionsCommand(): Command {
  return withCommonOptions(new Command("connections"))
    .description("show who connected to the decoy ports, newest first")
    .option(
      "--since <time>",
      "start time: 2026-01-31, 2026-01-31T08:00, today, yesterday, or how long ago: 90m, 2d",
      instantText,
    )
    .option("--until <time>", "only before this time; same forms, a date ends before that day begins", instantText)
    .option("--peer <address>", "only from this address, network or range", parsePeer)
    .option("-p, --port <port>", "only to this port", parsePort)
    .addOption(
      suggestWords(
        new Option("--protocol <name>", "only this protocol: ssh, tls, http, none, unknown ...").argParser(
          parseProtocol,
        ),
        () => protocolNames,
      ),
    )
    .option("--listener <name>", "only to this configured listener")
    .option("--limit <count>", "maximum number of lines", parseCount, 100)
    .addHelpText(
      "after",
      examples(
        "harbinger connections --since 1d",
        "harbinger connections --peer 203.0.113.0/24 --protocol ssh",
        "harbinger connections --json --limit 10000 | jq -r .peer.address | sort | uniq -c",
      ),
    )
    .action(async (options: ConnectionsOptions, command: Command) => {
      const common = commonOptions(command);
      const { openStoreToList } = await import("../open.ts");
      const [{ endpointText }, { describeIdentification }] = await Promise.all([
        import("../../present/connections/connection-words.ts"),
        import("../../present/connections/identification-words.ts"),
      ]);
      await using store = await openStoreToList(common);
      if (store === undefined) return;
      const origins = await originsOf(common);
      const found: StoredConnection[] = [];
      let count = 0;
      for await (const stored of collect(store, options)) {
        const connection = (await origins?.complete(stored)) ?? stored;
        count += 1;
        if (common.json === true) printJson(connectionJson(connection));
        else found.push(connection);
      }
      if (count === 0 && options.listener !== undefined) {
        const { requireListener } = await import("../known-names.ts");
        requireListener(options.listener, common);
      }
      if (common.json === true) return;
      if (count === 0) return note(await whyNone(store, common));
      printTable<StoredConnection>(
        [
          { title: "TIME", value: ({ at }) => formatTime(at), brief: ({ at }) => briefSeconds(at) },
          { title: "PEER", value: ({ peer }) => endpointText(peer) },
          { title: "COUNTRY", value: ({ origin }) => origin?.countryCode, optional: 1 },
          { title: "PORT", value: ({ local }) => local.port, alignRight: true },
          { title: "PROTOCOL", value: ({ identification }) => identification.protocol },
          { title: "BYTES", value: ({ bytes }) => bytes, alignRight: true, optional: 2 },
          { title: "WHAT", value: ({ identification }) => describeIdentification(identification) },
        ],
        found,
      );
      if (found.length === options.limit) note(`Stopped at ${plural(options.limit, "line")}; --limit shows more.`);
    });
}

/** Falls back to stored data when the configuration cannot be read. */
async function originsOf(common: CommonOptions): Promise<StoredOrigins | undefined> {
  const { readConfig } = await import("../open.ts");
  const outcome = readConfig(common);
  if (outcome.kind !== "config") return undefined;
  const { StoredOrigins } = await import("../stored-origins.ts");
  return new StoredOrigins(outcome.config.enrich);
}

/** What to do when nothing matches. */
async function whyNone(store: Store, common: CommonOptions): Promise<string> {
  if ((await store.connections.count()) > 0)
    return "No matching connections. harbinger connections lists the latest ones.";
  const { readConfig } = await import("../open.ts");
  const outcome = readConfig(common);
  if (outcome.kind === "config" && outcome.config.listeners.length > 0) {
    return "No connections to decoy ports yet. The ports are open while harbinger run is running.";
  }
  return "No decoy ports are configured. Add some to the configuration, then start harbinger run:\n  listeners: { decoy: { ports: [2222, 3389] } }";
}

async function* collect(store: Store, options: ConnectionsOptions): AsyncGenerator<StoredConnection> {
  const { since, until, peer, port, protocol, listener } = options;
  const query = { since: readInstant(since), until: readInstant(until), peer, port, protocol, listener };
  let after: Cursor | undefined;
  for (let left = options.limit; left > 0; ) {
    const page = await store.connections.list({ ...query, limit: Math.min(left, pageSize), after });
    yield* page.rows;
    after = page.next;
    if (after === undefined) return;
    left -= page.rows.length;
  }
}

function parseProtocol(text: string): ProtocolName {
  const name = protocolNames.find((known) => known === text.toLowerCase());
  if (name !== undefined) return name;
  throw new HarbingerError("usage", `unknown protocol ${text}`, { remedy: suggestName(text, protocolNames) });
}

function parsePeer(text: string): ConnectionQuery["peer"] {
  const range = parseRange(text);
  if (range === undefined) throw new HarbingerError("usage", `not an address, network or range: ${text}`);
  const { first, last, family } = range;
  return { first: addressFromBigInt(first, family), last: addressFromBigInt(last, family) };
}
