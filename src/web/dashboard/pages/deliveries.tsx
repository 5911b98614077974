import { useState } from "preact/hooks";
import type { DeliveryJson } from "../../../present/deliveries/delivery-schema.ts";
import { change } from "../api.ts";
import { useEvents } from "../live.ts";
import { Badge, Failure, Foreign, ForReaders, Heading, Live, recipientText, Search, Time } from "../parts.tsx";
import { link } from "../router.ts";
import { messageOf, useList, useProgram, withRow } from "../state.ts";
import { type Column, Table } from "../table.tsx";

const tones = {
  open: "plain",
  waiting: "warn",
  sending: "plain",
  delivered: "good",
  dead: "bad",
  superseded: "plain",
} as const;

export function DeliveriesPage({ query }: { readonly query: string }) {
  const list = useList<DeliveryJson>("deliveries", { q: query });
  const { mayOperate } = useProgram();
  const [error, setError] = useState<string>();
  const [done, setDone] = useState("");
  const state = useEvents(["delivery"], (_kind, value) => {
    const changed = value as DeliveryJson;
    // Whether a new one belongs to a search, only the server knows.
    list.update((rows) => (query === "" || rows.some(({ id }) => id === changed.id) ? withRow(rows, changed) : rows));
  });
  const retry = (path: string, words: string) => {
    setError(undefined);
    change("POST", path).then(
      () => {
        setDone(words);
        list.reload();
      },
      (reason: unknown) => setError(messageOf(reason)),
    );
  };
  const columns: readonly Column<DeliveryJson>[] = [
    { title: "Created", width: "time", cell: ({ createdAt }) => <Time iso={createdAt} /> },
    { title: "Label", isMinor: true, width: "wide", cell: ({ label }) => <Foreign text={label} /> },
    {
      title: "Recipient",
      cell: ({ channel, recipient }) => <Foreign text={recipientText(channel, recipient)} />,
    },
    { title: "State", width: "narrow", cell: (row) => <Badge tone={tones[row.state]}>{row.state}</Badge> },
    {
      title: "What happened",
      isMinor: true,
      cell: (row) => <Outcome delivery={row} />,
    },
    {
      title: "Action",
      width: "narrow",
      cell: ({ id, state: current }) =>
        mayOperate && (current === "dead" || current === "waiting") ? (
          <button type="button" onClick={() => retry(`deliveries/${id}/retry`, `Delivery ${id} is tried again.`)}>
            Retry
            <ForReaders text={`delivery ${id}`} />
          </button>
        ) : null,
    },
  ];
  return (
    <>
      <Heading title="Deliveries">
        <Live state={state} />
        {mayOperate && list.rows.some((row) => row.state === "dead") ? (
          <button
            type="button"
            onClick={() => retry("deliveries/retry", "All deliveries that were given up are tried again.")}
          >
            Retry all that failed
          </button>
        ) : null}
      </Heading>
      <Search
        query={query}
        hint="state:dead channel:mail label:x"
        search={(text) => {
          location.hash = link(["deliveries"], text);
        }}
      />
      <Failure message={error} />
      <p class="note" aria-live="polite">
        {done}
      </p>
      <Table
        caption="Messages and their recipients"
        columns={columns}
        list={list}
        keyOf={({ id }) => id}
        empty={
          query === ""
            ? "No message was sent yet. Messages need recipients in the configuration (notify); to try them: harbinger notify test"
            : "No message matches the search."
        }
      />
    </>
  );
}

function Outcome({ delivery }: { readonly delivery: DeliveryJson }) {
  const { state, lastError, nextAttemptAt, deliveredAt, attempts } = delivery;
  if (state === "delivered") return <Time iso={deliveredAt} />;
  if (lastError === undefined) return <Foreign text={delivery.subject} />;
  return (
    <>
      <Foreign text={`${lastError} (${attempts} attempts)`} />
      {nextAttemptAt === undefined ? null : (
        <>
          {"; again at "}
          <Time iso={nextAttemptAt} />
        </>
      )}
    </>
  );
}
