import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "./api.ts";
import { reloadAll } from "./reload-all.ts";
import { useCalm } from "./state.ts";

export type LiveState = "connecting" | "live" | "interrupted";

/** The browser resumes the stream where it broke off. If the server refuses it, this tries again. */
const againMs = 5000;
/** What people change, one row after the other, is read again together. */
const changesTogetherMs = 1000;

/** For a page without events of its own: shows what somebody mutes, acknowledges, names or approves elsewhere. */
export function useChanges(): void {
  useEvents(none, () => {});
}

const none: readonly string[] = [];

/**
 * Events of the given kinds as they happen. With each `change` the page reads again what it shows: somebody muted, acknowledged, named or
 * approved something, in any browser.
 * @param changed called with the JSON of each
 */
export function useEvents(kinds: readonly string[], changed: (kind: string, value: unknown) => void): LiveState {
  const [state, setState] = useState<LiveState>("connecting");
  const latest = useRef(changed);
  latest.current = changed;
  const readAgain = useCalm(reloadAll, changesTogetherMs);
  useEffect(() => {
    let source: EventSource | undefined;
    let timer: number | undefined;
    let last = "";
    const open = () => {
      const query = new URLSearchParams({ kinds: [...kinds, "change"].join(",") });
      if (last !== "") query.set("after", last);
      source = new EventSource(`api/v1/events?${query.toString()}`);
      source.addEventListener("open", () => {
        setState("live");
        // What was recorded after the page was loaded, and before the stream began, comes in no event; nor does a change while it was away.
        reloadAll();
      });
      source.addEventListener("error", () => {
        setState("interrupted");
        // A browser does not tell why. If the login has ended, or the server is away, the answer to any other request shows it.
        get("program").catch(() => {});
        if (source?.readyState === EventSource.CLOSED) timer = window.setTimeout(open, againMs);
      });
      // The database is another one than before: an older backup was restored.
      source.addEventListener("reset", (event: MessageEvent<string>) => {
        last = event.lastEventId;
        reloadAll();
      });
      source.addEventListener("change", readAgain);
      for (const kind of kinds) {
        source.addEventListener(kind, (event: MessageEvent<string>) => {
          last = event.lastEventId;
          latest.current(kind, JSON.parse(event.data));
        });
      }
    };
    const close = () => {
      source?.close();
      clearTimeout(timer);
    };
    // A browser opens six connections to a server at most: streams of tabs that nobody looks at would leave none for the others.
    const follow = () => {
      close();
      setState("connecting");
      if (document.visibilityState === "visible") open();
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      close();
    };
  }, [kinds.join()]);
  return state;
}
