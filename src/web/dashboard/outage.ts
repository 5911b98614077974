/** Whether the server answers. While it does not, this tries again, and then loads anew what the page shows. */
import { useEffect, useState } from "preact/hooks";
import { reloadAll } from "./reload-all.ts";

const againMs = 3000;

let isOut = false;
const watchers = new Set<(isOut: boolean) => void>();

/** Call when a request got no answer at all. */
export function reportOutage(): void {
  if (isOut) return;
  tell(true);
  setTimeout(tryAgain, againMs);
}

export function useOutage(): boolean {
  const [known, setKnown] = useState(isOut);
  useEffect(() => {
    setKnown(isOut);
    watchers.add(setKnown);
    return () => void watchers.delete(setKnown);
  }, []);
  return known;
}

function tell(now: boolean): void {
  isOut = now;
  for (const watcher of watchers) watcher(now);
}

function tryAgain(): void {
  fetch("healthz", { cache: "no-store" }).then(
    ({ ok }) => {
      // A proxy answers for a server that is away.
      if (!ok) return void setTimeout(tryAgain, againMs);
      tell(false);
      reloadAll();
    },
    () => void setTimeout(tryAgain, againMs),
  );
}
