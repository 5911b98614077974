import { useState } from "preact/hooks";
import type { ScanJson } from "../../../present/scans/scan-schema.ts";
import type { WatchJson } from "../../../present/watches/watch-schema.ts";
import { change } from "../api.ts";
import { useEvents } from "../live.ts";
import { Failure, Foreign, ForReaders, Heading, LabelledTime, Live, OnNarrow, Search, Time } from "../parts.tsx";
import { link } from "../router.ts";
import { ScanStatus } from "../scan-words.tsx";
import { useAction, useCalm, useList, useProgram, withRow } from "../state.ts";
import { type Column, Table } from "../table.tsx";

interface Progress {
  readonly watch: string;
  readonly stage: string;
  readonly done: number;
  readonly total?: number;
}

const scanColumns: readonly Column<ScanJson>[] = [
  {
    title: "Started",
    width: "time",
    narrow: { line: 2, part: "start" },
    cell: ({ startedAt }) => <Time iso={startedAt} />,
  },
  { title: "Watch", narrow: { line: 1, part: "start" }, cell: ({ watch }) => <Foreign text={watch} /> },
  {
    title: "Status",
    width: "narrow",
    narrow: { line: 1, part: "end" },
    cell: (scan) => <ScanStatus scan={scan} />,
  },
  {
    title: "Open ports",
    width: "number",
    narrow: { line: 2, part: "end" },
    cell: ({ sighted }) => (
      <>
        {sighted} <OnNarrow>{sighted === 1 ? "open port" : "open ports"}</OnNarrow>
      </>
    ),
  },
  { title: "Took", width: "number", cell: (scan) => durationText(scan) },
  {
    title: "Coverage",
    narrow: { line: 3 },
    // And why it is not complete.
    cell: ({ reason, coverage }) => (
      <Foreign text={[coverageWords(coverage), reason].filter((text) => text !== undefined).join("; ")} />
    ),
  },
];

export function ScansPage({ query }: { readonly query: string }) {
  const list = useList<ScanJson>("scans", { q: query });
  const watches = useList<WatchJson>("watches");
  const { mayOperate } = useProgram();
  const [progress, setProgress] = useState<Readonly<Record<string, Progress>>>({});
  const { error, act } = useAction();
  const searchAgain = useCalm(list.reload, 2000);
  const state = useEvents(["scan", "progress", "watch"], (kind, value) => {
    switch (kind) {
      case "progress": {
        const known = value as Progress;
        setProgress((before) => ({ ...before, [known.watch]: known }));
        break;
      }
      case "watch": {
        const changed = value as WatchJson;
        // A run begins without progress, whatever the last one reached.
        setProgress(({ [changed.name]: _former, ...others }) => others);
        watches.update((rows) => rows.map((row) => (row.name === changed.name ? changed : row)));
        break;
      }
      default: {
        const scan = value as ScanJson;
        // Whether another one belongs to the search, only the server knows.
        if (query === "" || list.rows.some(({ id }) => id === scan.id)) list.update((rows) => withRow(rows, scan));
        else searchAgain();
      }
    }
  });
  const ask = (method: "POST" | "DELETE", watch: string) =>
    act(change(method, `watches/${encodeURIComponent(watch)}/scan`), watches.reload);
  const watchColumns: readonly Column<WatchJson>[] = [
    { title: "Watch", narrow: { line: 1, part: "start" }, cell: ({ name }) => <Foreign text={name} /> },
    { title: "Ports", narrow: { line: 2 }, cell: ({ ports }) => <Foreign text={ports} /> },
    {
      title: "Next scan",
      width: "time",
      narrow: { line: 3, part: "end" },
      cell: ({ nextAt }) => <LabelledTime label="next" iso={nextAt} />,
    },
    {
      title: "Now",
      narrow: { line: 3, part: "start" },
      cell: ({ name, running }) => (running ? <ProgressText progress={progress[name]} /> : "waiting"),
    },
    {
      title: "Action",
      width: "narrow",
      narrow: { line: 1, part: "end" },
      cell: ({ name, running }) =>
        mayOperate ? (
          <button type="button" onClick={() => ask(running ? "DELETE" : "POST", name)}>
            {running ? "Stop" : "Scan now"}
            <ForReaders text={name} />
          </button>
        ) : null,
    },
  ];
  return (
    <>
      <Heading title="Scans">
        <Live state={state} />
      </Heading>
      <Failure message={error} />
      <h2>Watches</h2>
      <Table
        caption="Watches"
        columns={watchColumns}
        list={watches}
        keyOf={({ name }) => name}
        empty="No watch is configured."
      />
      <h2>History</h2>
      <Search
        list="scans"
        query={query}
        hint="status:failed watch:lan since:2d"
        search={(text) => {
          location.hash = link(["scans"], text);
        }}
      />
      <Table
        caption="Scans, newest first"
        columns={scanColumns}
        list={list}
        keyOf={({ id }) => id}
        empty={
          query === "" ? "No scan has run yet. Scan now, in the list above, starts one." : "No scan matches the search."
        }
      />
    </>
  );
}

function ProgressText({ progress }: { readonly progress: Progress | undefined }) {
  if (progress === undefined) return <>running</>;
  const { stage, done, total } = progress;
  if (total === undefined || total === 0) return <>{`${stage}: ${done}`}</>;
  return (
    <>
      {`${stage} `}
      <progress max={total} value={done} aria-label={stage} /> {Math.floor((done / total) * 100)} %
    </>
  );
}

function durationText({ startedAt, endedAt }: ScanJson): string {
  if (endedAt === undefined) return "";
  const seconds = Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** A scan without a usable coverage may have found open ports all the same. */
function coverageWords(coverage: string | undefined): string | undefined {
  return coverage === "nothing" ? "no address covered completely" : coverage;
}
