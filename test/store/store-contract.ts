import { after, before, describe } from "node:test";
import type { Store } from "../../src/core/store.ts";
import { alertContract } from "./alert-contract.ts";
import { certificateContract } from "./certificate-contract.ts";
import { connectionContract } from "./connection-contract.ts";
import { deliveryContract } from "./delivery-contract.ts";
import { deviceContract } from "./device-contract.ts";
import { discoveryContract } from "./discovery-contract.ts";
import { eventContract } from "./event-contract.ts";
import { everyPortContract } from "./every-port-contract.ts";
import { examinationContract } from "./examination-contract.ts";
import { groupContract } from "./group-contract.ts";
import { importContract } from "./import-contract.ts";
import { invariantContract } from "./invariant-contract.ts";
import { messageBodyContract } from "./message-body-contract.ts";
import { muteContract } from "./mute-contract.ts";
import { retentionContract } from "./retention-contract.ts";
import { seenOrderContract } from "./seen-order-contract.ts";
import { serviceContract } from "./service-contract.ts";
import { sourceContract } from "./source-contract.ts";
import { sourceCountContract } from "./source-count-contract.ts";

/** A kind of store under test. */
export interface StoreKind {
  readonly name: string;
  /** Why it cannot be tested here. */
  readonly skip?: string;
  /** Opening one database twice gives two sessions, which can exclude each other. */
  readonly hasSessions: boolean;
  /** Random sequences tried in one run of the suite. */
  readonly propertyRuns: number;
  /** Prepares what all databases of this kind need. */
  setUp?(): Promise<void>;
  tearDown?(): Promise<void>;
  /** A new, empty database. */
  create(): Promise<TestDatabase>;
}

export interface TestDatabase {
  /** Opens it, as another process would; called more than once. */
  open(): Promise<Store>;
  /** Runs a statement beside the store, as a script of a user would. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  remove(): Promise<void>;
}

/** The contract of every store, with any database. */
export function storeContract(kind: StoreKind): void {
  describe(kind.name, kind.skip === undefined ? {} : { skip: kind.skip }, () => {
    before(async () => kind.setUp?.());
    after(async () => kind.tearDown?.());
    discoveryContract(kind);
    everyPortContract(kind);
    serviceContract(kind);
    seenOrderContract(kind);
    groupContract(kind);
    deliveryContract(kind);
    messageBodyContract(kind);
    examinationContract(kind);
    certificateContract(kind);
    deviceContract(kind);
    connectionContract(kind);
    sourceContract(kind);
    sourceCountContract(kind);
    retentionContract(kind);
    alertContract(kind);
    importContract(kind);
    eventContract(kind);
    muteContract(kind);
    invariantContract(kind);
  });
}

/** A test with its own database. */
export function withStore(
  kind: StoreKind,
  test: (store: Store, database: TestDatabase) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const database = await kind.create();
    try {
      const store = await database.open();
      try {
        await test(store, database);
      } finally {
        await store[Symbol.asyncDispose]();
      }
    } finally {
      await database.remove();
    }
  };
}
