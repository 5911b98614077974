/**
 * Both flows of a real `harbinger run` with a real PostgreSQL server that is restarted, or crashes, at random moments: does the
 * process survive, is every connection recorded once, every new host announced once, and every peer alerted once?
 *
 *   node bench/store/restarts.ts [--restarts=50] [--seed=N]
 */
import { writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { restartRounds } from "../../test/harness/restart-rounds.ts";

const { values } = parseArgs({
  options: { restarts: { type: "string", default: "50" }, seed: { type: "string" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const startedAt = performance.now();
const print = (line: string) => process.stdout.write(`${line}\n`);
const outcome = await restartRounds({
  restarts: Number(values.restarts),
  seed,
  done: (count) => process.stderr.write(count % 10 === 0 ? `${count} restarts\n` : ""),
});

function compare(what: string, wanted: readonly string[], found: readonly string[]): boolean {
  const once = new Set(found);
  const missing = new Set(wanted).difference(once);
  const repeated = found.length - once.size;
  print(`${what}: ${new Set(wanted).size} wanted, ${once.size} found, ${missing.size} missing, ${repeated} repeated`);
  return missing.size === 0 && repeated === 0;
}

print(
  `seed ${seed}: ${values.restarts} restarts, ${outcome.crashes} of them crashes, ${Math.round((performance.now() - startedAt) / 1000)} s; exit status ${outcome.exitStatus}`,
);
const isRight = [
  compare("connections recorded", outcome.accepted, outcome.recorded),
  compare("peers alerted of", outcome.peers, outcome.alerted),
  compare("hosts announced", outcome.opened, outcome.announced),
  outcome.exitStatus === 0,
].every(Boolean);
if (!isRight) {
  const file = path.join(os.tmpdir(), `restarts-${seed}.log`);
  writeFileSync(file, outcome.stderr);
  print(`what the program said: ${file}`);
}
process.exitCode = isRight ? 0 : 1;
