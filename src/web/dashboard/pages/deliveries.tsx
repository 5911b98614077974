import { useState } from "preact/hooks";
import { safeText } from "../../../core/safe-text.ts";
import type { DeliveryJson } from "../../../present/deliveries/delivery-schema.ts";
import { plural } from "../../../present/text/plural.ts";
import { change } from "../api.ts";
import { useEvents } from "../live.ts";
import { Badge, Failure, Foreign, ForReaders, Heading, Live, recipientText, Search, Time } from "../parts.tsx";
import { link } from "../router.ts";
import { useAction, useList, useProgram, withRow } from "../state.ts";
import { type Column, Table } from "../table.tsx";

const tones = {
  open: "plain",
  waiting: "warn",
  sending: "plain",
  delivered: "good",
  dead: "bad",
  superseded: "plain",
} as const;

/** The state in words; in a search it has its name in the API. */
function stateWords(state: DeliveryJson["state"]): string {
  return state === "dead" ? "given up" : state;
}

function nameOf({ channel, recipient, subject }: DeliveryJson): string {
  const to = recipientText(channel, recipient);
  return subject === undefined ? to : `${subject}, to ${to}`;
}

export function DeliveriesPage({ query }: { readonly query: string }) {
  const list = useList<DeliveryJson>("deliveries", { q: query });
  const { mayOperate } = useProgram();
  const { error, act } = useAction();
  const [done, setDone] = useState("");
  const state = useEvents(["delivery"], (_kind, value) => {
    const changed = value as DeliveryJson;
    // Whether a new one belongs to a search, only the server knows.
    list.update((rows) => (query === "" || rows.some(({ id }) => id === changed.id) ? withRow(rows, changed) : rows));
  });
  const retry = (path: string, words: string) =>
    act(change("POST", path), () => {
      setDone(words);
      list.reload();
    });
  const columns: readonly Column<DeliveryJson>[] = [
    { title: "Created", width: "time", cell: ({ createdAt }) => <Time iso={createdAt} /> },
    { title: "Label", isMinor: true, width: "wide", cell: ({ label }) => <Foreign text={label} /> },
    {
      title: "Recipient",
      cell: ({ channel, recipient }) => <Foreign text={recipientText(channel, recipient)} />,
    },
    {
      title: "Message",
      cell: ({ id, subject }) =>
        subject === undefined ? null : (
          <a href={link(["reports", String(id)])}>
            <Foreign text={subject} limit={160} />
          </a>
        ),
    },
    {
      title: "State",
      width: "narrow",
      cell: ({ state: current }) => <Badge tone={tones[current]}>{stateWords(current)}</Badge>,
    },
    {
      title: "What happened",
      isMinor: true,
      cell: (row) => <Outcome delivery={row} />,
    },
    {
      title: "Action",
      width: "narrow",
      cell: (row) =>
        mayOperate && (row.state === "dead" || row.state === "waiting") ? (
          <button
            type="button"
            onClick={() =>
              retry(`deliveries/${row.id}/retry`, `Tried again: ${safeText(nameOf(row), { limit: 200 })}.`)
            }
          >
            Retry
            <ForReaders text={nameOf(row)} />
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
            Retry all that were given up
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
      {list.rows.some((row) => row.state === "superseded") ? (
        <p class="note">Superseded: it was not delivered, and a newer message announces the same.</p>
      ) : null}
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
  if (lastError === undefined) return null;
  const text = safeText(`${lastError} (${plural(attempts, "attempt")})`, { limit: 1000 });
  // The row cuts it off.
  return (
    <span title={text}>
      <bdi>{text}</bdi>
      {nextAttemptAt === undefined ? null : (
        <>
          {"; again at "}
          <Time iso={nextAttemptAt} />
        </>
      )}
    </span>
  );
}
