import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { silentLog } from "../../core/log.ts";
import { OwnPorts } from "../../core/own-ports.ts";
import type { ScanEngine } from "../../core/scan-engine.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { EngineSelector } from "./engine-selector.ts";
import { ConnectBudget } from "./handshake/connect-budget.ts";
import { connectEngine } from "./handshake/engine.ts";
import { defaultScanLimits } from "./schema.ts";
import { defaultScope } from "./targets/scope.ts";

const engine: ScanEngine = {
  scan: async () => ({ status: "complete", engine: "connect", coverage: { kind: "all" }, notes: [] }),
};

test("an engine is created once, and again after it could not be loaded", async () => {
  const create = mock.method(connectEngine, "create", async () => engine);
  create.mock.mockImplementationOnce(async () => {
    throw new Error("EMFILE: too many open files");
  });
  try {
    const selector = new EngineSelector({
      clock: systemClock,
      log: silentLog,
      limits: defaultScanLimits,
      scope: defaultScope,
      budget: new ConnectBudget({ limits: defaultScanLimits }),
      own: () => new OwnPorts([], () => false),
    });
    const plan = { engine: "connect" };
    const scan = () => selector.scan({ ports: [22], plan }, { sighted: async () => {} }, new AbortController().signal);
    await assert.rejects(scan(), /EMFILE/);
    for (let times = 0; times < 2; times++) assert.equal((await scan()).status, "complete");
    assert.equal(create.mock.callCount(), 2);
  } finally {
    create.mock.restore();
  }
});
