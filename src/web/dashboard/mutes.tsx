/** Mutes on the pages: what is muted now, and the button that mutes. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { maxActiveMutes } from "../../core/mute-limits.ts";
import type { MuteJson } from "../../present/mutes/mute-schema.ts";
import { announce } from "./announce.tsx";
import { change, type Rows } from "./api.ts";
import { Dialog, NoteField, textOf } from "./dialog.tsx";
import { Badge, Failure, Foreign, ForReaders, Time } from "./parts.tsx";
import { useAction, useAnswer, useProgram } from "./state.ts";

export type MuteTarget =
  | { readonly kind: "host"; readonly address: string; readonly port?: number }
  | { readonly kind: "device"; readonly mac: string }
  | { readonly kind: "source"; readonly source: string };

/** The mutes in force; of several for one target, the one that ends last. */
export function useMutes() {
  const { value, error, reload } = useAnswer<Rows<MuteJson>>("mutes", { active: "yes", limit: maxActiveMutes });
  const mutes = (value?.rows ?? []).toSorted((one, other) => Date.parse(other.until) - Date.parse(one.until));
  return {
    reload,
    isLoading: value === undefined && error === undefined,
    ofHost: (address: string) => mutes.find((mute) => mute.address === address && mute.port === undefined),
    ofPort: (address: string, port: number) => mutes.find((mute) => mute.address === address && mute.port === port),
    ofDevice: (mac: string) => mutes.find((mute) => mute.mac === mac),
    ofSource: (source: string) => mutes.find((mute) => mute.source === source),
  };
}

interface MuteControlProps extends Omit<MuteButtonProps, "muted"> {
  /** The mute of the target that is in force. */
  readonly mute: MuteJson | undefined;
  readonly mutes: ReturnType<typeof useMutes>;
}

/** Mutes the target; while it is muted, says until when, why and by whom, and ends that. */
export function MuteControl({ mute, mutes, ...button }: MuteControlProps) {
  const [ended, setEnded] = useState<MuteJson>();
  const line = useRef<HTMLSpanElement>(null);
  const isOwn = useRef(false);
  const id = mute?.id;
  // The button that had the focus is gone.
  useLayoutEffect(() => {
    if (id === undefined || !isOwn.current) return;
    isOwn.current = false;
    line.current?.querySelector("button")?.focus();
  }, [id]);
  const muted = () => {
    isOwn.current = true;
    mutes.reload();
  };
  if (mutes.isLoading) return null;
  if (mute === undefined) return <MuteButton {...button} muted={muted} />;
  const shown = ended?.id === mute.id ? ended : mute;
  return (
    <span ref={line}>
      <Muted until={shown.until} />
      {shown.by === "" ? null : (
        <>
          {" by "}
          <Foreign text={shown.by} limit={80} />
        </>
      )}
      {shown.note === "" ? null : (
        <>
          {": "}
          <Foreign text={shown.note} limit={200} />
        </>
      )}{" "}
      <EndMuteButton key={shown.id} mute={shown} changed={setEnded} />
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
        what={`connections from ${address}`}
        mute={mutes.ofSource(address)}
        mutes={mutes}
      />
    </p>
  );
}

function Muted({ until }: { readonly until: string | undefined }) {
  if (until === undefined) return null;
  return (
    <Badge tone="warn">
      muted until <Time iso={until} />
    </Badge>
  );
}

export function mutedWords({ kind, address, port, mac, source }: MuteJson): string {
  if (kind === "device") return `device ${mac}`;
  if (kind === "source") return `connections from ${source}`;
  return port === undefined ? `host ${address}` : `port ${port} of ${address}`;
}

const lengths = [
  ["1h", "1 hour"],
  ["1d", "1 day"],
  ["1w", "1 week"],
  ["until", "Until a date"],
] as const;

interface MuteButtonProps {
  readonly target: MuteTarget;
  /** What it mutes, in words: `the host 192.0.2.1`. */
  readonly what: string;
  /** On the button. */
  readonly label: string;
  readonly muted: (mute: MuteJson) => void;
}

/** Asks for how long, and why. */
export function MuteButton({ target, what, label, muted }: MuteButtonProps) {
  const { mayOperate } = useProgram();
  const [isOpen, setOpen] = useState(false);
  if (!mayOperate) return null;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {label}
        <ForReaders text={what} />
      </button>
      {isOpen ? <MuteDialog target={target} what={what} muted={muted} closed={() => setOpen(false)} /> : null}
    </>
  );
}

interface MuteDialogProps extends Omit<MuteButtonProps, "label"> {
  readonly closed: () => void;
}

function MuteDialog({ target, what, muted, closed }: MuteDialogProps) {
  const [length, setLength] = useState<string>("1h");
  const mute = async (fields: FormData) => {
    const note = textOf(fields, "note");
    const end = length === "until" ? { until: instantOf(textOf(fields, "until")) } : { for: length };
    const answer = (await change("POST", "mutes", { ...target, note, ...end })) as MuteJson;
    muted(answer);
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
          Until (in the time zone of this browser)
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

/** It stays, without effect, when the mute was ended: so the focus stays, too. */
export function EndMuteButton({ mute, changed }: EndMuteButtonProps) {
  const { mayOperate } = useProgram();
  const { error, act } = useAction();
  const isEnded = mute.endedBy !== undefined;
  if (!mayOperate || (!mute.active && !isEnded)) return null;
  const end = () => {
    if (isEnded) return;
    act(change("DELETE", `mutes/${mute.id}`), (answer) => {
      changed(answer as MuteJson);
      announce(`The mute of ${mutedWords(mute)} ends within seconds.`);
    });
  };
  return (
    <>
      <button type="button" aria-disabled={isEnded} onClick={end}>
        {isEnded ? "Ended" : "End now"}
        <ForReaders text={`the mute of ${mutedWords(mute)}`} />
      </button>
      <Failure message={error} />
    </>
  );
}

function instantOf(local: string): string {
  const at = new Date(local);
  if (Number.isNaN(at.getTime())) throw new Error("Give the date and the time at which it ends.");
  return at.toISOString();
}
