import * as z from "zod";
import { type ReloadOutcome, reloadLimitMs } from "../reload/reloader.ts";
import { askControl } from "./ask-control.ts";
import { controlPlace } from "./control-place.ts";

/** Another reload may be running already, and this one waits for it. */
const timeoutMs = 2 * reloadLimitMs + 10_000;

const outcomeSchema = z.discriminatedUnion("reloaded", [
  z.object({
    reloaded: z.literal(true),
    source: z.string().nullable(),
    changes: z.array(z.string()),
    warnings: z.array(z.string()),
  }),
  z.object({ reloaded: z.literal(false), problems: z.array(z.string()), remedy: z.string().optional() }),
]);

export type AskedReload =
  | { readonly kind: "outcome"; readonly outcome: ReloadOutcome }
  /** No process uses this store. */
  | { readonly kind: "not-running"; readonly place: string }
  | { readonly kind: "failed"; readonly reason: string };

/** Makes the process that uses `store` reload its configuration, and waits for the result. */
export async function askForReload(store: string): Promise<AskedReload> {
  const place = controlPlace(store);
  const answer = await askControl(place, "reload", timeoutMs);
  if (answer.kind === "not-running") return { kind: "not-running", place };
  if (answer.kind === "failed") return { kind: "failed", reason: `${place}: ${answer.reason}` };
  const parsed = outcomeSchema.safeParse(answer.value);
  if (parsed.success) return { kind: "outcome", outcome: parsed.data };
  return { kind: "failed", reason: `${place}: the running process is of another version; restart it` };
}
