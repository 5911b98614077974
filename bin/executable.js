// Entry point of the single executable. It contains both programs; the name it is called by selects one.
import path from "node:path";
import { getAsset } from "node:sea";
import { loadEmbedded } from "./embedded-modules.js";
import { asksVersion, countStart, leaveProcessOne, startAgain, startSmall, staysUp } from "./start-again.js";

/** Selects the program when a shell starts the executable, because a shell cannot set argv[0]. */
const programVariable = "HARBINGER_PROGRAM";

const args = process.argv.slice(2);
const program = programCalled(process.env[programVariable] ?? path.basename(process.argv[1] ?? ""));
delete process.env[programVariable];
if (asksVersion(args)) process.stdout.write(`${getAsset("version", "utf8")}\n`);
else if (args.length === 1 && args[0] === "--notices") process.stdout.write(getAsset("notices", "utf8"));
else start();

/** @param {string} name */
function programCalled(name) {
  return name === "portwatcher" ? "portwatcher" : "harbinger";
}

function start() {
  leaveProcessOne([process.execPath, ...args], { ...process.env, [programVariable]: program });
  if (staysUp(program, args)) {
    // Node's options are part of the executable; see scripts/package/executable/.
    if (countStart() === 1) startAgain(1, [program, ...args]);
    startSmall();
  }
  void loadEmbedded(`${program}.js`).main(args);
}
