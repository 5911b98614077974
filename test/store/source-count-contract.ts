import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { pagesOf } from "../../src/core/page.ts";
import type { Store } from "../../src/core/store.ts";
import { connection, from, record } from "./inbound-sample.ts";
import { address, minute, start } from "./sample.ts";
import { type StoreKind, type TestDatabase, withStore } from "./store-contract.ts";

const peers = ["198.51.100.1", "198.51.100.2", "2001:db8::3", "fe80::4%eth0"];

/** Numbers choose the id, the time and the peer: some ids come again, and many connections have the same millisecond. */
interface Step {
  readonly kind: "record" | "import" | "before" | "at most" | "bytes" | "oldest" | "reopen";
  readonly numbers: readonly number[];
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("record", "record", "record", "import", "before", "at most", "bytes", "oldest", "reopen"),
  numbers: fc.array(fc.nat({ max: 399 }), { minLength: 1, maxLength: 12 }),
});

function connectionOf(number: number) {
  return connection(`c${number}`, {
    at: start + ((number * 7) % 23),
    ...from(peers[number % peers.length] ?? ""),
    payload: new Uint8Array(300).fill(number % 256),
  });
}

async function carryOut(store: Store, { kind, numbers }: Step): Promise<unknown> {
  const { connections, imports } = store;
  const [first = 0] = numbers;
  if (kind === "record") return await record(store, numbers.map(connectionOf), []);
  if (kind === "import") {
    const unique = [...new Set(numbers)];
    return await imports.connections(unique.map(connectionOf), { isTrial: false });
  }
  if (kind === "before") return await connections.prune({ before: start + (first % 23) });
  if (kind === "at most") return await connections.prune({ keepAtMost: first % 30 });
  if (kind === "bytes") return await connections.prune({ keepBytes: first * 40 });
  return await connections.prune({ oldest: { bytes: first * 10, before: start + (first % 23) } });
}

/** What the table says that the connections do not, and the other way round. */
async function checkSources(database: TestDatabase): Promise<void> {
  const counted = `select peer, count(*) as count, min(at) as first_at, max(at) as last_at from connections group by peer`;
  const read = `select peer, sum(count) as count, min(first_at) as first_at, max(last_at) as last_at from (
      select peer, count, first_at, last_at from sources
      union all
      select peer, count(*), min(at), max(at) from connections where rowid > (
        select cast(value as bigint) from meta where key = 'last counted in sources') group by peer) x
    group by peer`;
  for (const [one, other] of [
    [counted, read],
    [read, counted],
  ]) {
    const different = await database.query(`select * from (${one}) x except select * from (${other}) y`);
    assert.deepEqual(different, []);
  }
}

/** The counts of sources are those of their connections, whatever happens. */
export function sourceCountContract(kind: StoreKind): void {
  describe("the sources of connections", () => {
    test("agree with the connections after any recording, import and pruning", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25, size: "max" }), async (steps) => {
          const database = await kind.create();
          let store = await database.open();
          try {
            for (const each of steps) {
              if (each.kind === "reopen") {
                await store[Symbol.asyncDispose]();
                store = await database.open();
              } else await carryOut(store, each);
              await checkSources(database);
            }
          } finally {
            await store[Symbol.asyncDispose]();
            await database.remove();
          }
        }),
        { numRuns: kind.propertyRuns, endOnFailure: false },
      );
    });

    const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));

    for (const sort of ["lastSeen", "count"] as const) {
      for (const order of ["ascending", "descending"] as const) {
        t(`are each once in all pages by ${sort}, ${order}, while all of them connect again`, async (store) => {
          const names = Array.from({ length: 9 }, (_, place) => `203.0.113.${place + 1}`);
          const all = names.flatMap((peer, place) =>
            Array.from({ length: place + 1 }, (_, i) =>
              connection(`${place}-${i}`, { at: start + place * minute, ...from(peer) }),
            ),
          );
          await record(store, all, []);
          let round = 0;
          const pages = pagesOf(async (after) => {
            const page = await store.connections.sources({ limit: 2, after, sort, order });
            // The first ones now have the most connections; one of them is recorded late. And one source is new.
            const again = names.flatMap((peer, place) =>
              Array.from({ length: 20 - 2 * place }, (_, i) =>
                connection(`again-${round}-${place}-${i}`, {
                  at: start + (i === 0 ? place + 1.5 : 100 + round - place) * minute,
                  ...from(peer),
                }),
              ),
            );
            await record(store, [...again, connection(`new-${round}`, from(`192.0.2.${round}`))], []);
            round += 1;
            return page;
          });
          const listed = (await Array.fromAsync(pages)).flat().map((source) => source.address as string);
          assert.deepEqual(listed, order === "ascending" ? names : names.toReversed());
          assert.equal(round, 5);
        });
      }
    }

    t("are each once where thousands of connections have the same millisecond", async (store) => {
      const names = Array.from({ length: 700 }, (_, place) => `198.18.${place >> 8}.${place & 255}`);
      // In an order that is not that of the addresses.
      const mixed = names.map((_, place) => names[(place * 457) % names.length] ?? assert.fail());
      await record(
        store,
        mixed.map((peer) => connection(peer, { at: start, ...from(peer) })),
        [],
      );
      await record(store, [connection("later", { at: start + 1, ...from("203.0.113.1") })], []);
      for (const limit of [10, 50, 1000]) {
        const pages = pagesOf((after) => store.connections.sources({ limit, after }));
        const listed = (await Array.fromAsync(pages)).flat().map((source) => source.address as string);
        assert.equal(listed.length, 701, `${limit}`);
        assert.deepEqual(new Set(listed), new Set([...names, "203.0.113.1"]));
      }
    });

    t("that connect again are in the export of a search, too", async (store) => {
      const names = Array.from({ length: 6 }, (_, place) => `203.0.113.${place + 1}`);
      await record(
        store,
        names.map((peer, place) => connection(peer, { at: start + place, ...from(peer) })),
        [],
      );
      await store.connections.setOrigins(
        names.map((peer) => ({ address: address(peer), origin: { countryCode: "NL" }, at: start })),
      );
      let round = 0;
      const pages = pagesOf(async (after) => {
        const page = await store.connections.sources({ limit: 1, after, country: "nl" });
        round += 1;
        await record(
          store,
          names.map((peer) => connection(`${peer}-${round}`, { at: start + minute + round, ...from(peer) })),
          [],
        );
        return page;
      });
      const listed = (await Array.fromAsync(pages)).flat().map((source) => source.address);
      assert.deepEqual(listed, names.toReversed());
    });
  });
}
