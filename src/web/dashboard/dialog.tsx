import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { maxNoteLength } from "../../core/mute-limits.ts";
import { announce } from "./announce.tsx";
import { Failure } from "./parts.tsx";
import { messageOf } from "./state.ts";

interface BoxProps {
  readonly title: string;
  readonly closed: () => void;
  readonly children: (close: () => void) => ComponentChildren;
}

/** A box over the page. The browser keeps the focus in it, closes it with Escape, and gives the focus back to the button that opened it. */
export function Box({ title, closed, children }: BoxProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    element.current?.showModal();
  }, []);
  return (
    <dialog ref={element} aria-labelledby={id} onClose={closed}>
      <div class="question">
        <h2 id={id}>{title}</h2>
        {children(() => element.current?.close())}
      </div>
    </dialog>
  );
}

export interface DialogProps extends Omit<BoxProps, "children"> {
  /** The words of the button that does it. */
  readonly submit: string;
  /** Does it. @returns what was done, in words */
  readonly act: (fields: FormData) => Promise<string>;
  readonly children: ComponentChildren;
}

/** A question before an action. It stays open, with the reason, when the action fails. */
export function Dialog({ title, submit, act, closed, children }: DialogProps) {
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const send = (form: HTMLFormElement, close: () => void) => {
    if (isBusy) return;
    setBusy(true);
    setError(undefined);
    act(new FormData(form)).then(
      (done) => {
        close();
        announce(done);
      },
      (reason: unknown) => {
        setBusy(false);
        setError(messageOf(reason));
      },
    );
  };
  return (
    <Box title={title} closed={closed}>
      {(close) => (
        <form
          class="question"
          onSubmit={(event) => {
            event.preventDefault();
            send(event.currentTarget, close);
          }}
        >
          {children}
          <Failure message={error} />
          <p class="choices">
            <button type="submit">{submit}</button>
            <button type="button" onClick={close}>
              Cancel
            </button>
          </p>
        </form>
      )}
    </Box>
  );
}

/** A text of a form. */
export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value.trim() : "";
}

export function NoteField({ label = "Note" }: { readonly label?: string }) {
  return (
    <label>
      {label}
      <textarea name="note" rows={3} maxLength={maxNoteLength} />
    </label>
  );
}
