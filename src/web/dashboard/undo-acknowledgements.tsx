/** The undo of acknowledging many discoveries at once. */
import { useState } from "preact/hooks";
import type { DiscoveryJson } from "../../present/discoveries/discovery-schema.ts";
import { plural } from "../../present/text/plural.ts";
import { announce } from "./announce.tsx";
import { change } from "./api.ts";
import { Failure } from "./parts.tsx";
import { useAction } from "./state.ts";

/** What one request acknowledged. */
export interface Done {
  readonly ids: readonly number[];
  readonly acknowledged: NonNullable<DiscoveryJson["acknowledged"]>;
}

/** Requests that can be undone, the last one first. */
const maxRequests = 20;

/** The requests that were made on this page and not undone, the last one first. */
export function useDone() {
  const [all, setAll] = useState<readonly Done[]>([]);
  return {
    all,
    add: (done: Done) => setAll((before) => (done.ids.length === 0 ? before : [done, ...before].slice(0, maxRequests))),
    remove: (done: Done) => setAll((before) => before.filter((each) => each !== done)),
  };
}

interface UndoAcknowledgementsProps {
  readonly done: ReturnType<typeof useDone>;
  /** Gets the numbers of the discoveries that are not acknowledged any more. */
  readonly undone: (ids: ReadonlySet<number>) => void;
}

/** Undoes the last request; then the one before it. */
export function UndoAcknowledgements({ done, undone }: UndoAcknowledgementsProps) {
  const { error, act } = useAction();
  const [last] = done.all;
  const undo = (request: Done) => {
    const { ids, acknowledged } = request;
    act(change("POST", "discoveries/acknowledgements/withdrawal", { ids, at: acknowledged.at }), (answer) => {
      const withdrawn = new Set((answer as Pick<Done, "ids">).ids);
      done.remove(request);
      undone(withdrawn);
      announce(`Not acknowledged any more: ${plural(withdrawn.size, "discovery", "discoveries")}.`);
    });
  };
  return (
    <>
      {last === undefined ? null : (
        <button type="button" onClick={() => undo(last)}>
          Undo {plural(last.ids.length, "acknowledgement")}
        </button>
      )}
      <Failure message={error} />
    </>
  );
}
