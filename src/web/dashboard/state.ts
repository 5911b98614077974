import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, type Parameters, type Rows } from "./api.ts";
import { onReloadAll } from "./reload-all.ts";
import { keepAnswer, keptAnswer } from "./visits.ts";

export interface Program {
  readonly version: string;
  readonly timeZone: string;
  /** IP addresses of the machine that Harbinger runs on. */
  readonly ownAddresses: readonly string[];
  /** Whether the account may change something. */
  readonly mayOperate: boolean;
}

export const ProgramContext = createContext<Program>({
  version: "",
  timeZone: "UTC",
  ownAddresses: [],
  mayOperate: false,
});

export function useProgram(): Program {
  return useContext(ProgramContext);
}

export interface Loaded<Value> {
  readonly value?: Value;
  readonly error?: string;
  /** There is no such thing: to ask again is of no use. */
  readonly isMissing?: true;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** Not found, or a name that cannot be one, such as an address that is none. */
const missingStatuses: readonly number[] = [400, 404];

/** One answer of the API; the earlier one stays until the next has come. */
export function useAnswer<Value>(path: string, parameters: Parameters = {}): Loaded<Value> {
  const [state, setState] = useState<{ key: string; value?: Value; error?: string; isMissing?: true }>({ key: "" });
  const [round, setRound] = useState(0);
  const key = JSON.stringify([path, parameters]);
  useEffect(() => onReloadAll(() => setRound((before) => before + 1)), []);
  useEffect(() => {
    const control = new AbortController();
    get<Value>(path, parameters, control.signal).then(
      (value) => {
        keepAnswer(key, value);
        setState({ key, value });
      },
      (error: unknown) => {
        if (control.signal.aborted) return;
        const isMissing = error instanceof ApiError && missingStatuses.includes(error.status);
        setState({ key, error: messageOf(error), ...(isMissing ? { isMissing } : {}) });
      },
    );
    return () => control.abort();
  }, [key, round]);
  const { key: loaded, ...shown } = state;
  const isCurrent = loaded === key;
  const kept = isCurrent ? undefined : keptAnswer<Value>(key);
  const known = kept === undefined ? {} : { value: kept };
  return { ...(isCurrent ? shown : known), isLoading: !isCurrent, reload: () => setRound(round + 1) };
}

/** Rows that are kept at most: whoever needs more narrows the search. */
const maxRows = 20_000;
const pageRows = 200;
/** Of one request, as in the API. */
const maxPageRows = 1000;

type Change<Row> = (rows: readonly Row[]) => readonly Row[];

export interface List<Row> {
  readonly rows: readonly Row[];
  readonly error?: string;
  /** The search is wrong: the same request would fail again. */
  readonly isRefused?: true;
  /** Of groups: not all rows were counted. */
  readonly isPartial?: true;
  readonly isLoading: boolean;
  /** There are more, and they may be loaded. */
  readonly hasMore: boolean;
  readonly more: () => void;
  readonly reload: () => void;
  /** Changes the rows, also those of an answer that is on its way: it may be older than the change. To repeat a change must do nothing. */
  readonly update: (change: Change<Row>) => void;
}

interface ListState<Row> {
  readonly key: string;
  readonly rows: readonly Row[];
  readonly next?: string | undefined;
  readonly error?: string;
  readonly isRefused?: true;
  readonly isPartial?: true;
  readonly isLoading: boolean;
}

/** A list of the API, page by page. */
export function useList<Row>(path: string, parameters: Parameters = {}): List<Row> {
  const key = JSON.stringify([path, parameters]);
  const [stored, setState] = useState<ListState<Row>>(() => startOf(key));
  const [round, setRound] = useState(0);
  // Another search has begun: its rows are not there yet.
  const state = stored.key === key ? stored : startOf<Row>(key);
  const length = useRef(0);
  length.current = state.rows.length;
  /** While the first page is loaded. */
  const meanwhile = useRef<Change<Row>[] | undefined>(undefined);
  const load = (cursor: string | undefined, changes: readonly Change<Row>[] = [], signal?: AbortSignal) =>
    (cursor === undefined
      ? getRows<Row>(path, parameters, { wanted: length.current, signal })
      : getPage<Row>(path, { ...parameters, cursor })
    ).then(
      ({ rows, next, partial }) =>
        setState((before) => {
          const isPartial = partial === true ? { isPartial: partial } : {};
          if (cursor === undefined) return { key, rows: applied(changes, rows), next, ...isPartial, isLoading: false };
          // Another search may have begun meanwhile.
          return before.key === key
            ? { key, rows: [...before.rows, ...rows], next, ...isPartial, isLoading: false }
            : before;
        }),
      (error: unknown) => {
        if (signal?.aborted !== true)
          setState(({ rows, next }) => ({ key, rows, next, ...failureOf(error), isLoading: false }));
      },
    );
  useEffect(() => onReloadAll(() => setRound((before) => before + 1)), []);
  useEffect(() => {
    const control = new AbortController();
    setState((before) => ({ ...(before.key === key ? before : startOf<Row>(key)), isLoading: true }));
    const changes: Change<Row>[] = [];
    meanwhile.current = changes;
    void load(undefined, changes, control.signal).then(() => {
      if (meanwhile.current === changes) meanwhile.current = undefined;
    });
    return () => control.abort();
  }, [key, round]);
  useEffect(() => {
    if (stored.key === key && !stored.isLoading) keepAnswer(key, stored);
  }, [stored]);
  const hasMore = state.next !== undefined && state.rows.length < maxRows;
  return {
    rows: state.rows,
    ...(state.error === undefined ? {} : { error: state.error }),
    ...(state.isRefused === true ? { isRefused: true } : {}),
    ...(state.isPartial === true ? { isPartial: true } : {}),
    isLoading: state.isLoading,
    hasMore,
    more: () => {
      if (!hasMore || state.isLoading) return;
      setState((before) => ({ ...before, isLoading: true }));
      void load(state.next);
    },
    reload: () => setRound(round + 1),
    update: (change) => {
      meanwhile.current?.push(change);
      setState((before) => ({ ...before, rows: change(before.rows).slice(0, maxRows) }));
    },
  };
}

function failureOf(error: unknown): Pick<ListState<never>, "error" | "isRefused"> {
  const isRefused = error instanceof ApiError && error.status === 400;
  return { error: messageOf(error), ...(isRefused ? { isRefused } : {}) };
}

function applied<Row>(changes: readonly Change<Row>[], rows: readonly Row[]): readonly Row[] {
  return changes.reduce((changed, change) => change(changed), rows).slice(0, maxRows);
}

/** On a return to a page: the rows that it had. */
function startOf<Row>(key: string): ListState<Row> {
  const kept = keptAnswer<ListState<Row>>(key);
  return { key, rows: kept?.rows ?? [], next: kept?.next, isLoading: true };
}

function getPage<Row>(path: string, parameters: Parameters, signal?: AbortSignal): Promise<Rows<Row>> {
  return get<Rows<Row>>(path, { limit: pageRows, ...parameters }, signal);
}

/** From the start, as many rows as there are now: whoever has scrolled far stays where they are. */
async function getRows<Row>(
  path: string,
  parameters: Parameters,
  { wanted, signal }: { readonly wanted: number; readonly signal?: AbortSignal | undefined },
): Promise<Rows<Row>> {
  const all: Row[] = [];
  let next: string | undefined;
  let partial: true | undefined;
  do {
    const limit = Math.min(maxPageRows, Math.max(pageRows, wanted - all.length));
    const page = await getPage<Row>(path, { ...parameters, limit, cursor: next }, signal);
    all.push(...page.rows);
    ({ next, partial } = page);
  } while (next !== undefined && all.length < wanted);
  return { rows: all, ...(next === undefined ? {} : { next }), ...(partial === undefined ? {} : { partial }) };
}

/** The rows with this one in the place of its earlier form, or before all others. */
export function withRow<Row extends { readonly id: string | number }>(
  rows: readonly Row[],
  changed: Row,
): readonly Row[] {
  if (!rows.some(({ id }) => id === changed.id)) return [changed, ...rows];
  return rows.map((row) => (row.id === changed.id ? changed : row));
}

/** What the buttons of a page do, and why the last of it failed. */
export function useAction() {
  const [error, setError] = useState<string>();
  const act = <Answer>(work: Promise<Answer>, done: (answer: Answer) => void): void => {
    setError(undefined);
    work.then(done, (reason: unknown) => setError(messageOf(reason)));
  };
  return { error, act };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Calls `act` soon, but at most once in `pauseMs` however often the result is called: events may come in floods.
 * @returns the function to call
 */
export function useCalm(act: () => void, pauseMs: number): () => void {
  const latest = useRef(act);
  latest.current = act;
  const state = useRef<{ timer: number | undefined; last: number }>({ timer: undefined, last: 0 });
  useEffect(() => () => clearTimeout(state.current.timer), []);
  return () => {
    const { timer, last } = state.current;
    if (timer !== undefined) return;
    state.current.timer = window.setTimeout(
      () => {
        state.current = { timer: undefined, last: Date.now() };
        latest.current();
      },
      Math.max(200, last + pauseMs - Date.now()),
    );
  };
}
