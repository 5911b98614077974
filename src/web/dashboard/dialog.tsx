import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { maxNoteLength } from "../../core/mute-limits.ts";
import { announce } from "./announce.tsx";
import { Failure } from "./parts.tsx";
import { messageOf } from "./state.ts";

export interface DialogProps {
  readonly title: string;
  /** The words of the button that does it. */
  readonly submit: string;
  /** Does it. @returns what was done, in words */
  readonly act: (fields: FormData) => Promise<string>;
  readonly closed: () => void;
  readonly children: ComponentChildren;
}

/**
 * A question before an action. The browser keeps the focus in it, closes it with Escape, and gives the focus back to the button that
 * opened it. It stays open, with the reason, when the action fails.
 */
export function Dialog({ title, submit, act, closed, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  useEffect(() => {
    element.current?.showModal();
  }, []);
  const send = (form: HTMLFormElement) => {
    if (isBusy) return;
    setBusy(true);
    setError(undefined);
    act(new FormData(form)).then(
      (done) => {
        element.current?.close();
        announce(done);
      },
      (reason: unknown) => {
        setBusy(false);
        setError(messageOf(reason));
      },
    );
  };
  return (
    <dialog ref={element} aria-labelledby={id} onClose={closed}>
      <form
        class="question"
        onSubmit={(event) => {
          event.preventDefault();
          send(event.currentTarget);
        }}
      >
        <h2 id={id}>{title}</h2>
        {children}
        <Failure message={error} />
        <p class="choices">
          <button type="submit">{submit}</button>
          <button type="button" onClick={() => element.current?.close()}>
            Cancel
          </button>
        </p>
      </form>
    </dialog>
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
