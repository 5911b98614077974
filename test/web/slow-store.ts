import path from "node:path";
import type { ConnectionStore } from "../../src/core/connection-store.ts";
import type { Store } from "../../src/core/store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { withOne } from "./with-one.ts";

/** A store whose list of connections answers when `release` is called. */
export async function slowStore() {
  const folder = temporaryFolder();
  const store = await openStore({ location: path.join(folder.path, "harbinger.db"), thread: "caller" });
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const reads = { now: 0, most: 0, all: 0 };
  const list: ConnectionStore["list"] = async () => {
    reads.all += 1;
    reads.now += 1;
    reads.most = Math.max(reads.most, reads.now);
    await promise;
    reads.now -= 1;
    return { rows: [] };
  };
  const slow: Store = withOne(store, "connections", withOne(store.connections, "list", list));
  const dispose = async () => {
    await store[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  };
  return { store: slow, reads, release, [Symbol.asyncDispose]: dispose };
}
