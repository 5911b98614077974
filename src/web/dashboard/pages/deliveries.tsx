import { useState } from "preact/hooks";
import { safeText } from "../../../core/safe-text.ts";
import type { DeliveryJson } from "../../../present/deliveries/delivery-schema.ts";
import { waitingWords } from "../../../present/deliveries/waiting-words.ts";
import { change } from "../api.ts";
import { DeliveryState } from "../delivery-words.tsx";
import { Box } from "../dialog.tsx";
import { useEvents } from "../live.ts";
import {
  Facts,
  Failure,
  Foreign,
  ForReaders,
  Heading,
  LabelledTime,
  Lines,
  Live,
  recipientText,
  Search,
  Time,
} from "../parts.tsx";
import { link } from "../router.ts";
import { useAction, useList, useProgram, withRow } from "../state.ts";
import { type Column, Table } from "../table.tsx";

function nameOf(delivery: DeliveryJson): string {
  const { subject } = delivery;
  const to = recipientText(delivery);
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
    list.update((rows) =>
      query === "" || rows.some(({ id }) => id === changed.id) ? withRow(rows, behindOthers(changed, rows)) : rows,
    );
  });
  const retry = (path: string, words: string) =>
    act(change("POST", path), () => {
      setDone(words);
      list.reload();
    });
  const columns: readonly Column<DeliveryJson>[] = [
    {
      title: "Created",
      width: "time",
      narrow: { line: 4, part: "start" },
      cell: ({ createdAt }) => <LabelledTime label="created" iso={createdAt} />,
    },
    { title: "Label", width: "wide", cell: ({ label }) => <Foreign text={label} /> },
    {
      title: "Recipient",
      width: "wide",
      narrow: { line: 1 },
      cell: (row) => <Foreign text={recipientText(row)} />,
    },
    {
      title: "Message",
      narrow: { line: 2 },
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
      narrow: { line: 3, part: "first" },
      cell: ({ state: current }) => <DeliveryState state={current} />,
    },
    {
      title: "What happened",
      width: "own",
      narrow: { line: 3, part: "after" },
      cell: (row) => <Outcome delivery={row} />,
    },
    {
      title: "Action",
      width: "narrow",
      narrow: { line: 4, part: "end" },
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
        list="deliveries"
        query={query}
        hint="given up channel:mail label:x"
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
        columns={mayOperate ? columns : columns.filter(({ title }) => title !== "Action")}
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

/** A change says nothing about other messages: one that comes behind a message that failed waits for that, or for what that one waits for. */
function behindOthers(changed: DeliveryJson, rows: readonly DeliveryJson[]): DeliveryJson {
  if (changed.state !== "waiting" || changed.lastError !== undefined) return changed;
  const before = rows.findLast(
    ({ id, state, channel, recipient, lastError, waitsFor }) =>
      id !== changed.id &&
      state === "waiting" &&
      channel === changed.channel &&
      recipient === changed.recipient &&
      (lastError ?? waitsFor) !== undefined,
  );
  return before === undefined ? changed : { ...changed, waitsFor: before.waitsFor ?? before.id };
}

/** When it was delivered, or why not: a button that shows all of it, because the row has little room. */
function Outcome({ delivery }: { readonly delivery: DeliveryJson }) {
  const [isOpen, setOpen] = useState(false);
  const { state, lastError, nextAttemptAt, deliveredAt, waitsFor } = delivery;
  if (state === "delivered") return <LabelledTime label="at" iso={deliveredAt} />;
  if (waitsFor !== undefined)
    return (
      <a class="text" href={link(["deliveries", String(waitsFor)])}>
        {waitingWords(waitsFor)}
      </a>
    );
  if (lastError === undefined) return null;
  return (
    <>
      <button type="button" class="reason" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <span class="text">
          {nextAttemptAt === undefined ? null : (
            <>
              {"again at "}
              <Time iso={nextAttemptAt} />
              {": "}
            </>
          )}
          <Foreign text={lastError} />
        </span>
      </button>
      {isOpen ? <WhatHappened delivery={delivery} closed={() => setOpen(false)} /> : null}
    </>
  );
}

interface WhatHappenedProps {
  readonly delivery: DeliveryJson;
  readonly closed: () => void;
}

function WhatHappened({ delivery, closed }: WhatHappenedProps) {
  const { subject, state, attempts, createdAt, nextAttemptAt, lastError } = delivery;
  return (
    <Box title={state === "dead" ? "Why it was given up" : "Why it was not delivered yet"} closed={closed}>
      {(close) => (
        <>
          <Lines label="Reason" text={lastError ?? ""} />
          <Facts
            facts={[
              ["Recipient", <Foreign key="recipient" text={recipientText(delivery)} />],
              ["Message", subject === undefined ? undefined : <Foreign key="subject" text={subject} />],
              ["Created", <Time key="created" iso={createdAt} />],
              ["Attempts", attempts],
              ["Next attempt", nextAttemptAt === undefined ? undefined : <Time key="next" iso={nextAttemptAt} />],
            ]}
          />
          <p class="choices">
            <button type="button" onClick={close}>
              Close
            </button>
          </p>
        </>
      )}
    </Box>
  );
}
