/** Mutes on the pages: what is muted now, and the button that mutes. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { maxActiveMutes } from "../../core/mute-limits.ts";
import { zonedInstant } from "../../core/zoned-instant.ts";
import type { MuteJson } from "../../present/mutes/mute-schema.ts";
import { mutedText } from "../../present/mutes/muted-text.ts";
import { announce } from "./announce.tsx";
import { change, type Rows } from "./api.ts";
import { Dialog, NoteField, textOf } from "./dialog.tsx";
import { Badge, Failure, Foreign, ForReaders, Time } from "./parts.tsx";
import { useAction, useAnswer, useProgram } from "./state.ts";

export type MuteTarget =
  | { readonly kind: "host"; readonly address: string; readonly port?: number }
  | { readonly kind: "device"; readonly mac: string }
  | { readonly kind: "source"; readonly source: string };

/** Of a timer of a browser. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * The mutes in force; of several for one target, the one that ends last. What is muted or ended here is known at once, and one that was
 * ended counts as over, although it covers a few seconds more.
 */
export function useMutes() {
  const { value, error, reload } = useAnswer<Rows<MuteJson>>("mutes", { active: "yes", limit: maxActiveMutes });
  const [changed, setChanged] = useState<ReadonlyMap<number, MuteJson>>(new Map());
  // The answer was asked for after the changes, and may know what others did since then.
  useEffect(() => setChanged(new Map()), [value]);
  const known = new Map([...(value?.rows ?? []).map((mute) => [mute.id, mute] as const), ...changed]);
  const mutes = [...known.values()]
    .filter(({ endedBy, until }) => endedBy === undefined && Date.parse(until) > Date.now())
    .toSorted((one, other) => Date.parse(other.until) - Date.parse(one.until));
  const next = mutes.at(-1)?.until;
  useEffect(() => {
    if (next === undefined) return;
    const timer = setTimeout(reload, Math.min(maxTimerMs, Math.max(0, Date.parse(next) - Date.now()) + 500));
    return () => clearTimeout(timer);
  }, [next]);
  return {
    /** Takes over what the server answered about one. */
    change: (mute: MuteJson) => {
      setChanged((before) => new Map(before).set(mute.id, mute));
      reload();
    },
    isLoading: value === undefined && error === undefined,
    ofHost: (address: string) => mutes.find((mute) => mute.address === address && mute.port === undefined),
    ofPort: (address: string, port: number) => mutes.find((mute) => mute.address === address && mute.port === port),
    ofDevice: (mac: string) => mutes.find((mute) => mute.mac === mac),
    ofSource: (source: string) => mutes.find((mute) => mute.source === source),
  };
}

interface MuteControlProps extends Omit<MuteButtonProps, "changed"> {
  /** The mute of the target that is in force. */
  readonly mute: MuteJson | undefined;
  readonly mutes: ReturnType<typeof useMutes>;
}

/** Mutes the target; while it is muted, says until when, why and by whom, and ends that. */
export function MuteControl({ mute, mutes, ...button }: MuteControlProps) {
  const line = useRef<HTMLSpanElement>(null);
  const isOwn = useRef(false);
  const id = mute?.id;
  // The button that had the focus is gone.
  useLayoutEffect(() => {
    if (!isOwn.current) return;
    isOwn.current = false;
    line.current?.querySelector("button")?.focus();
  }, [id]);
  const changed = (answer: MuteJson) => {
    isOwn.current = true;
    mutes.change(answer);
  };
  if (mutes.isLoading) return null;
  return (
    <span ref={line}>
      {mute === undefined ? (
        <MuteButton {...button} changed={changed} />
      ) : (
        <>
          <Muted mute={mute} /> <EndMuteButton key={mute.id} mute={mute} changed={changed} />
        </>
      )}
    </span>
  );
}

/** Mutes the connections from one address. */
export function SourceMute({ address }: { readonly address: string }) {
  const mutes = useMutes();
  return (
    <p class="actions">
      <MuteControl
        label="Mute this source"
        target={{ kind: "source", source: address }}
        mute={mutes.ofSource(address)}
        mutes={mutes}
      />
    </p>
  );
}

/** Until when, by whom, and why. */
function Muted({ mute: { until, by, note } }: { readonly mute: MuteJson }) {
  return (
    <>
      <Badge tone="warn">
        muted until <Time iso={until} />
      </Badge>
      {by === "" ? null : (
        <>
          {" by "}
          <Foreign text={by} limit={80} />
        </>
      )}
      {note === "" ? null : (
        <>
          {": "}
          <Foreign text={note} limit={200} />
        </>
      )}
    </>
  );
}

const lengths = [
  ["1h", "1 hour"],
  ["1d", "1 day"],
  ["1w", "1 week"],
  ["until", "Until a date"],
] as const;

interface MuteButtonProps {
  readonly target: MuteTarget;
  /** What it mutes, where its readers know it by another name than the server. */
  readonly what?: string;
  /** On the button. */
  readonly label: string;
  readonly changed: (mute: MuteJson) => void;
}

/** Asks for how long, and why. */
export function MuteButton({ target, what = mutedText(target), label, changed }: MuteButtonProps) {
  const { mayOperate } = useProgram();
  const [isOpen, setOpen] = useState(false);
  if (!mayOperate) return null;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {label}
        <ForReaders text={what} />
      </button>
      {isOpen ? <MuteDialog target={target} what={what} changed={changed} closed={() => setOpen(false)} /> : null}
    </>
  );
}

interface MuteDialogProps extends Omit<MuteButtonProps, "label" | "what"> {
  readonly what: string;
  readonly closed: () => void;
}

function MuteDialog({ target, what, changed, closed }: MuteDialogProps) {
  const { timeZone } = useProgram();
  const [length, setLength] = useState<string>("1h");
  const mute = async (fields: FormData) => {
    const note = textOf(fields, "note");
    const end = length === "until" ? { until: instantOf(textOf(fields, "until"), timeZone) } : { for: length };
    const answer = (await change("POST", "mutes", { ...target, note, ...end })) as MuteJson;
    changed(answer);
    return `Muted ${what}.`;
  };
  return (
    <Dialog title={`Mute ${what}`} submit="Mute" act={mute} closed={closed}>
      <p class="note">What is found is recorded and shown, and not reported: neither now nor later.</p>
      <fieldset class="choice">
        <legend>For how long</legend>
        {lengths.map(([each, words]) => (
          <label key={each}>
            <input type="radio" name="length" value={each} checked={length === each} onChange={() => setLength(each)} />
            {words}
          </label>
        ))}
      </fieldset>
      {length === "until" ? (
        <label>
          Until (time zone {timeZone})
          <input type="datetime-local" name="until" required />
        </label>
      ) : null}
      <NoteField label="Why" />
    </Dialog>
  );
}

interface EndMuteButtonProps {
  readonly mute: MuteJson;
  readonly changed: (mute: MuteJson) => void;
}

/** It stays, without effect, when it was pressed: so the focus stays, too. A mute that was over before has none. */
export function EndMuteButton({ mute, changed }: EndMuteButtonProps) {
  const { mayOperate } = useProgram();
  const { error, act } = useAction();
  const [isPressed, setPressed] = useState(false);
  const isEnded = mute.endedBy !== undefined;
  if (!mayOperate || (!isPressed && (isEnded || !mute.active))) return null;
  const end = () => {
    if (isEnded) return;
    act(change("DELETE", `mutes/${mute.id}`), (answer) => {
      setPressed(true);
      changed(answer as MuteJson);
      announce(`The mute of ${mutedText(mute)} ends within seconds.`);
    });
  };
  return (
    <>
      <button type="button" aria-disabled={isEnded} onClick={end}>
        {isEnded ? "Ended" : "End now"}
        <ForReaders text={`the mute of ${mutedText(mute)}`} />
      </button>
      <Failure message={error} />
    </>
  );
}

function instantOf(local: string, timeZone: string): string {
  const at = zonedInstant(local, timeZone);
  if (Number.isNaN(at)) throw new Error("Give the date and the time at which it ends.");
  return new Date(at).toISOString();
}
