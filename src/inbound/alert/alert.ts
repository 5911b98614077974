import type { Origin } from "../../core/connection.ts";
import type { PeerDevice } from "../../core/device.ts";
import type { ConnectionAlert } from "../../present/alerts/alert-text.ts";
import type { Burst } from "./burst.ts";
import type { Digest } from "./digest.ts";

/** What the owner is alerted to. */
export type Alert =
  | ({ readonly kind: "connection" } & ConnectionAlert)
  /** A burst is over: the suppressed address has stopped connecting. */
  | {
      readonly kind: "summary";
      readonly burst: Burst;
      readonly origin: Origin;
      readonly devices?: readonly PeerDevice[] | undefined;
    }
  | { readonly kind: "digest"; readonly digest: Digest };
