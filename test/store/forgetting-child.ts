/** Prunes a database to a size, and prints when the first part is pruned. It is killed then. */
import { pruneToSize } from "../../src/daemon/prune-to-size.ts";
import { openStore } from "../../src/store/open-store.ts";

const store = await openStore({ location: process.argv[2] ?? "" });
const { maxBytes, now } = JSON.parse(process.argv[3] ?? "");
const { connections } = store;
await pruneToSize(
  {
    ...store,
    usedBytes: (limit) => store.usedBytes(limit),
    connections: {
      ...connections,
      // In small steps, so that there is a middle.
      async prune({ oldest }) {
        if (oldest === undefined) return 0;
        const dropped = await connections.prune({ oldest: { ...oldest, bytes: 200_000 } });
        process.stdout.write("forgot some\n");
        return dropped;
      },
    },
  },
  { maxBytes, now },
);
setInterval(() => {}, 1000);
