/** Acknowledging discoveries on the pages. */
import { useState } from "preact/hooks";
import { endWords, mutedWords } from "../../present/discoveries/attention-words.ts";
import type { DiscoveryJson } from "../../present/discoveries/discovery-schema.ts";
import { plural } from "../../present/text/plural.ts";
import { announce } from "./announce.tsx";
import { change } from "./api.ts";
import { Dialog, NoteField, textOf } from "./dialog.tsx";
import { Badge, Failure, Foreign, ForReaders, Time } from "./parts.tsx";
import { useAction, useProgram } from "./state.ts";
import { type Done, UndoAcknowledgements, useDone } from "./undo-acknowledgements.tsx";

function discoveryName({ id, kind, address, port, device }: DiscoveryJson): string {
  const where = address ?? device?.name ?? device?.mac ?? `number ${id}`;
  return `${kind.replaceAll("-", " ")} ${where}${port === undefined || port === 0 ? "" : `, port ${port}`}`;
}

interface AttentionProps {
  readonly discovery: Pick<DiscoveryJson, "mutedUntil" | "acknowledged" | "ended">;
}

/** `found protected at 12:00` */
export function Ended({ ended: { by, at } }: { readonly ended: NonNullable<DiscoveryJson["ended"]> }) {
  const [what, before] = endWords[by];
  if (at === undefined) return <>{what}</>;
  return (
    <>
      {what} {before} <Time iso={at} />
    </>
  );
}

/** Whether it is over, whether it was reported, and whether somebody has seen it. */
export function AttentionBadges({ discovery: { mutedUntil, acknowledged, ended } }: AttentionProps) {
  return (
    <>
      {ended === undefined ? null : (
        <Badge tone={ended.by === "found-again" || ended.by === "gone" ? "plain" : "good"}>
          <Ended ended={ended} />
        </Badge>
      )}{" "}
      {mutedUntil === undefined ? null : <Badge tone="warn">{mutedWords}</Badge>}{" "}
      {acknowledged === undefined ? null : <Badge tone="good">acknowledged</Badge>}
    </>
  );
}

/** Whether it was reported, and who has seen it. */
export function Attention({ discovery }: AttentionProps) {
  const { acknowledged } = discovery;
  return (
    <>
      <AttentionBadges discovery={discovery} />
      {acknowledged === undefined ? null : (
        <>
          {" "}
          <span class="note">
            <Foreign text={acknowledged.by} limit={64} /> <Foreign text={acknowledged.note} />{" "}
            <Time iso={acknowledged.at} />
          </span>
        </>
      )}
    </>
  );
}

interface AcknowledgeButtonProps {
  readonly discovery: DiscoveryJson;
  readonly changed: (discovery: DiscoveryJson) => void;
}

/** Acknowledges, or withdraws it. It is one button, so that the focus stays where it is. */
export function AcknowledgeButton({ discovery, changed }: AcknowledgeButtonProps) {
  const { mayOperate } = useProgram();
  const [isOpen, setOpen] = useState(false);
  const { error, act } = useAction();
  if (!mayOperate) return null;
  const place = `discoveries/${discovery.id}/acknowledgement`;
  const name = discoveryName(discovery);
  const isDone = discovery.acknowledged !== undefined;
  const withdraw = () =>
    act(change("DELETE", place), (answer) => {
      changed(answer as DiscoveryJson);
      announce(`Not acknowledged any more: ${name}.`);
    });
  const acknowledge = async (fields: FormData) => {
    changed((await change("POST", place, { note: textOf(fields, "note") })) as DiscoveryJson);
    return `Acknowledged: ${name}.`;
  };
  return (
    <>
      <button type="button" onClick={isDone ? withdraw : () => setOpen(true)}>
        {isDone ? "Undo" : "Acknowledge"}
        <ForReaders text={isDone ? `the acknowledgement of ${name}` : name} />
      </button>
      <Failure message={error} />
      {isOpen ? (
        <Dialog title={`Acknowledge: ${name}`} submit="Acknowledge" act={acknowledge} closed={() => setOpen(false)}>
          <NoteField />
        </Dialog>
      ) : null}
    </>
  );
}

interface AcknowledgeHostProps {
  readonly address: string;
  /** What the page shows of it, newest first. */
  readonly discoveries: readonly DiscoveryJson[];
  readonly changed: () => void;
}

/**
 * Acknowledges the discoveries that the page shows of a host. By their numbers: what was found before and after them, or of another device that has the
 * address meanwhile, nobody has seen here.
 */
export function AcknowledgeHost({ address, discoveries, changed }: AcknowledgeHostProps) {
  const { mayOperate } = useProgram();
  const [isOpen, setOpen] = useState(false);
  const done = useDone();
  const open = discoveries.filter(({ acknowledged }) => acknowledged === undefined);
  if (!mayOperate || discoveries.length === 0) return null;
  const acknowledge = async (fields: FormData) => {
    const body = { note: textOf(fields, "note"), ids: open.map(({ id }) => id) };
    const answer = (await change("POST", "discoveries/acknowledgements", body)) as Done;
    done.add(answer);
    changed();
    return `Acknowledged ${plural(answer.ids.length, "discovery", "discoveries")} of ${address}.`;
  };
  return (
    <>
      <button type="button" aria-disabled={open.length === 0} onClick={() => setOpen(open.length > 0)}>
        Acknowledge all
        <ForReaders text={`discoveries of ${address}`} />
      </button>{" "}
      <UndoAcknowledgements done={done} undone={changed} />
      {isOpen ? (
        <Dialog
          title={`Acknowledge all ${plural(open.length, "discovery", "discoveries")} shown of ${address}`}
          submit="Acknowledge all"
          act={acknowledge}
          closed={() => setOpen(false)}
        >
          <p class="note">Those that this page does not show stay as they are.</p>
          <NoteField />
        </Dialog>
      ) : null}
    </>
  );
}
