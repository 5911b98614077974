// Starts a program of this package on a suitable Node. Plain JavaScript, because an older Node may load it first.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { usePrivateCompileCache } from "./compile-cache.js";
import {
  asksVersion,
  countStart,
  environmentOf,
  heapOptions,
  leaveProcessOne,
  startAgain,
  startSmall,
  staysUp as staysUpWith,
} from "./start-again.js";

const oldestNode = 24;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @param {string} program name of a file in src/cli, without its extension */
export async function launch(program) {
  if (asksVersion(process.argv.slice(2))) {
    // Handled here, because it needs only one small file.
    process.stdout.write(`${JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version}\n`);
    return;
  }
  // A checkout runs its sources; the published package contains only compiled files.
  const source = path.join(root, "src", "cli", `${program}.ts`);
  const isCheckout = existsSync(source);
  const staysUp = staysUpWith(program, process.argv);
  const options = staysUp ? [...heapOptions, ...(isCheckout ? [sourcesOption] : [])] : [];
  if (Number(process.versions.node.split(".")[0]) < oldestNode) return relaunch(program, options, staysUp);
  leaveProcessOne(lineWith([]));
  const starts = staysUp ? countStart() : 0;
  if (starts === 1) startAgain(1, lineWith(options));
  if (staysUp) startSmall();
  const sources = staysUp && isCheckout ? await import("./sources.js") : undefined;
  // The compile cache keeps 20 MB in memory, so only short commands use it.
  if (!staysUp || sources?.isUsable === false) usePrivateCompileCache();
  const compiled = path.join(root, "dist", "cli", `${program}.js`);
  const { main } = await import(pathToFileURL(isCheckout ? source : compiled).href);
  if (sources?.isUsable && starts === 2) {
    // Loaded before stripAll, so that its sources are stripped too.
    await import(pathToFileURL(path.join(root, "src", "cli", "run-mode.ts")).href);
    if (sources.stripAll()) startAgain(2, lineWith([]));
  }
  await main(process.argv.slice(2));
}

/** Preloads sources.js. */
const sourcesOption = `--import=${new URL("sources.js", import.meta.url).href}`;

/** The present command line with additional options for Node. */
function lineWith(options) {
  return [process.execPath, ...process.execArgv, ...options, ...process.argv.slice(1)];
}

/** Runs the same command line with the Node that `npm ci` installed, and exits with its status. */
function relaunch(program, options, staysUp) {
  const node = path.join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(node)) {
    process.stderr.write(
      `${program} needs Node.js ${oldestNode} or later; this is ${process.version}.\n` +
        (existsSync(path.join(root, "package-lock.json"))
          ? `Install it, or run "npm ci" in ${root}: that installs a suitable one in this folder only.\n`
          : "Install it, or use the single executable, which includes it.\n"),
    );
    process.exitCode = 1;
    return;
  }
  // The IPC channel closes when this process is killed, and the child then exits too.
  const envFiles = process.execArgv.filter((argument) => /^--env-file(?:-if-exists)?=/.test(argument));
  const child = spawn(node, [...envFiles, ...options, ...process.argv.slice(1)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...(staysUp ? environmentOf(1) : process.env), HARBINGER_LAUNCHED: "1" },
  });
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; a second signal would force it to quit.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("error", (error) => {
    process.stderr.write(`Cannot start ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exit(code ?? 1);
    }
    for (const name of ["SIGTERM", "SIGHUP", "SIGINT"]) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
