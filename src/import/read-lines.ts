import { ConnectionLines, type FoundConnection } from "../wire/connection-records/lines.ts";
import { readMasscanLine } from "../wire/masscan/parse.ts";
import { readGrepableLine } from "../wire/nmap-grepable/parse.ts";
import { LineSplitter, type TextLine } from "../wire/text-lines/parse.ts";
import { type FileTime, type ImportSink, plausibleTime, serviceAt } from "./sink.ts";

export type LineFormat = "masscan-list" | "nmap-grepable" | "portwatcher-log";

/** The listener name of imported connections. No configured listener can have it, so alerts do not count them. */
const importedListener = "imported";

/** Reads formats with one record per line. */
export async function readLines(
  pieces: AsyncIterable<string>,
  { format, time }: { readonly format: LineFormat; readonly time: FileTime },
  sink: ImportSink,
): Promise<void> {
  const reader = readers[format](time, sink);
  const splitter = new LineSplitter();
  const take = (lines: readonly TextLine[]) => {
    for (const each of lines) {
      if (each.kind === "line") reader.line(each.line, each.text);
      else sink.fault({ where: `line ${each.line}`, reason: "a line longer than 1 MiB" });
    }
  };
  for await (const piece of pieces) take(splitter.write(piece));
  take(splitter.end());
  reader.end();
}

interface LineReader {
  line(line: number, text: string): void;
  end(): void;
}

type MakeReader = (time: FileTime, sink: ImportSink) => LineReader;

const masscanList: MakeReader = (time, sink) => ({
  line(line, text) {
    const reading = readMasscanLine(text);
    if (reading.kind === "bad") sink.fault({ where: `line ${line}`, reason: reading.reason });
    else if (reading.kind === "sightings") {
      for (const sighting of reading.sightings) sink.service(serviceAt(sighting, time));
    }
  },
  end() {},
});

const nmapGrepable: MakeReader = (time, sink) => {
  let startedAt: number | undefined;
  return {
    line(line, text) {
      const reading = readGrepableLine(text);
      if (reading.kind === "started") startedAt = reading.at;
      else if (reading.kind === "bad") sink.fault({ where: `line ${line}`, reason: reading.reason });
      else if (reading.kind === "sightings") {
        for (const sighting of reading.sightings) sink.service(serviceAt({ ...sighting, seenAt: startedAt }, time));
      }
    },
    end() {},
  };
};

const portwatcherLog: MakeReader = (time, sink) => {
  const records = new ConnectionLines();
  let count = 0;
  const take = (found: readonly FoundConnection[]) => {
    for (const reading of found) {
      count += 1;
      if (reading.kind === "bad") {
        sink.fault({ where: `line ${reading.line}`, reason: reading.reason });
        continue;
      }
      const { id, ...connection } = reading.connection;
      sink.connection({ ...connection, listener: importedListener, at: plausibleTime(connection.at, time) }, id);
    }
  };
  return {
    line: (line, text) => take(records.write(line, text)),
    end() {
      take(records.end());
      if (count === 0) sink.fault({ where: "the whole file", reason: "it contains no connections" });
    },
  };
};

const readers: { readonly [Format in LineFormat]: MakeReader } = {
  "masscan-list": masscanList,
  "nmap-grepable": nmapGrepable,
  "portwatcher-log": portwatcherLog,
};
