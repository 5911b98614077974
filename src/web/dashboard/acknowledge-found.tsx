/** Acknowledging all that a search of discoveries shows, and the undo of that. */
import { useEffect, useState } from "preact/hooks";
import type { DiscoveryJson } from "../../present/discoveries/discovery-schema.ts";
import { grouped } from "../../present/text/grouped.ts";
import { plural } from "../../present/text/plural.ts";
import { change } from "./api.ts";
import { Dialog, NoteField, textOf } from "./dialog.tsx";
import type { Order } from "./list-view.ts";
import { Failure, ForReaders } from "./parts.tsx";
import { type List, useAnswer, useProgram } from "./state.ts";
import { type Done, UndoAcknowledgements, useDone } from "./undo-acknowledgements.tsx";

interface AcknowledgeFoundProps {
  readonly query: string;
  readonly list: List<DiscoveryJson>;
  readonly order: Order;
  /** Changes with each acknowledgement that was made or withdrawn elsewhere on the page. */
  readonly changes: number;
}

/** The undo stays while the search changes: it withdraws what was acknowledged, whatever is shown now. */
export function AcknowledgeFound({ query, list, order, changes }: AcknowledgeFoundProps) {
  const { mayOperate } = useProgram();
  const done = useDone();
  const [rounds, setRounds] = useState(0);
  if (!mayOperate) return null;
  const noted = (answer: Done) => {
    const ids = new Set(answer.ids);
    const { acknowledged } = answer;
    list.update((rows) => rows.map((row) => (ids.has(row.id) ? { ...row, acknowledged } : row)));
    done.add(answer);
    setRounds(rounds + 1);
  };
  const undone = (ids: ReadonlySet<number>) => {
    list.update((rows) => rows.map((row) => (ids.has(row.id) ? withoutAcknowledgement(row) : row)));
    setRounds(rounds + 1);
  };
  // In ascending order the latest is shown when all are.
  const isLatestShown = order === "descending" || !list.hasMore;
  const latest = isLatestShown ? list.rows.reduce((max, { id }) => Math.max(max, id), 0) : undefined;
  return (
    <p class="actions">
      {list.rows.length === 0 ? null : (
        <AcknowledgeAllButton query={query} latest={latest} changes={changes + rounds} noted={noted} />
      )}
      <UndoAcknowledgements done={done} undone={undone} />
    </p>
  );
}

function withoutAcknowledgement({ acknowledged: _, ...row }: DiscoveryJson): DiscoveryJson {
  return row;
}

/** As the API counts: the latest of them, as many as one request acknowledges. */
interface Count {
  readonly count: number;
  readonly until?: number;
  readonly next?: number;
}

interface AcknowledgeAllButtonProps {
  readonly query: string;
  /** Number of the latest discovery that is shown; `undefined`: all that are there now count as shown. */
  readonly latest: number | undefined;
  readonly changes: number;
  readonly noted: (answer: Done) => void;
}

function AcknowledgeAllButton({ query, latest, changes, noted }: AcknowledgeAllButtonProps) {
  const [isOpen, setOpen] = useState(false);
  // Where the search is slow, a count may end before it has found one.
  const place = JSON.stringify([query, latest, changes]);
  const [older, setOlder] = useState<{ readonly place: string; readonly until: number }>();
  const until = older?.place === place ? older.until : latest;
  const { value, error, isLoading, reload } = useAnswer<Count>("discoveries/unacknowledged", { q: query, until });
  useEffect(() => {
    if (changes > 0) reload();
  }, [changes]);
  useEffect(() => {
    if (!isLoading && value?.count === 0 && value.next !== undefined) setOlder({ place, until: value.next });
  }, [place, value, isLoading]);
  const count = value?.count ?? 0;
  const canAct = value?.until !== undefined;
  const which = value?.next === undefined ? "all" : "the newest";
  const words = count === 0 ? "Acknowledge all" : `Acknowledge ${which} ${grouped(count)}`;
  const acknowledge = async (fields: FormData) => {
    const body = { q: query, note: textOf(fields, "note"), until: value?.until };
    const answer = (await change("POST", "discoveries/acknowledgements", body)) as Done & Count;
    noted(answer);
    const more = answer.next === undefined ? "" : " There are more.";
    return `Acknowledged ${plural(answer.ids.length, "discovery", "discoveries")}.${more}`;
  };
  return (
    <>
      <button type="button" aria-disabled={!canAct} onClick={() => setOpen(canAct)}>
        {words}
        <ForReaders text={query === "" ? "discoveries" : "discoveries that the search finds"} />
      </button>
      <Failure message={error} again={reload} />
      {isOpen ? (
        <Dialog
          title={`${words} ${count === 1 ? "discovery" : "discoveries"}`}
          submit={words}
          act={acknowledge}
          closed={() => setOpen(false)}
        >
          <p class="note">
            Those that were found after this page was loaded stay as they are; so do those that are acknowledged
            already.
            {value?.next === undefined ? "" : " There are more: acknowledge them after these."}
          </p>
          <NoteField />
        </Dialog>
      ) : null}
    </>
  );
}
