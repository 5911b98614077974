/** Parts of pages that are large and loaded when they are first shown. */
import { type ComponentChildren, type ComponentType, createElement } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failure } from "../parts.tsx";
import { messageOf } from "../state.ts";

export interface LazyProps<Props extends object> {
  /** The same function each time. */
  readonly load: () => Promise<ComponentType<Props>>;
  readonly props: Props;
  /** Takes the room until the part is there. */
  readonly children: ComponentChildren;
}

export function Lazy<Props extends object>({ load, props, children }: LazyProps<Props>) {
  // In an object: a state that is a function is called.
  const [state, setState] = useState<{ readonly Part?: ComponentType<Props>; readonly error?: string }>({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isShown = true;
    load().then(
      (Part) => {
        if (isShown) setState({ Part });
      },
      (error: unknown) => {
        if (isShown) setState({ error: messageOf(error) });
      },
    );
    return () => {
      isShown = false;
    };
  }, [load, round]);
  const { Part, error } = state;
  if (error !== undefined) return <Failure message={error} again={() => setRound(round + 1)} />;
  return Part === undefined ? <>{children}</> : createElement(Part, props);
}
