import assert from "node:assert/strict";
import { test } from "node:test";
import { postgresMissing } from "../harness/postgres-server.ts";
import { restartRounds } from "../harness/restart-rounds.ts";

/** HARBINGER_TEST_RESTARTS raises the number, HARBINGER_TEST_SEED repeats the moments of an earlier run. */
const restarts = Number(process.env["HARBINGER_TEST_RESTARTS"] ?? 3);
const seed = Number(process.env["HARBINGER_TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const skip = postgresMissing();

test(
  "PostgreSQL is restarted repeatedly: both flows continue, nothing is lost and nothing is reported twice",
  skip === undefined ? {} : { skip },
  async (t) => {
    const outcome = await restartRounds({ restarts, seed });
    t.diagnostic(
      `seed ${seed}: ${restarts} restarts, ${outcome.accepted.length} connections, ${outcome.opened.length} hosts`,
    );
    assert.equal(outcome.exitStatus, 0, outcome.stderr);
    assert.deepEqual(outcome.recorded.toSorted(), outcome.accepted.toSorted());
    assert.deepEqual(outcome.alerted.toSorted(), outcome.peers.toSorted());
    assert.deepEqual(outcome.announced.toSorted(), outcome.opened.toSorted());
  },
);
