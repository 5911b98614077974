// Starts a program of this package on a Node that can run it. Plain JavaScript, because an older Node reads it first.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import module from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const oldestNode = 24;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @param {string} program the name of a file in src/cli, without its ending */
export async function launch(program) {
  const [first, ...others] = process.argv.slice(2);
  if (others.length === 0 && (first === "--version" || first === "-V")) {
    // Answered here: reading one small file is all that it takes.
    process.stdout.write(`${JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version}\n`);
    return;
  }
  if (Number(process.versions.node.split(".")[0]) < oldestNode) return relaunch(program);
  if (process.pid === 1) leaveProcessOne();
  module.enableCompileCache?.();
  // A checkout runs its sources; the published package holds compiled files only.
  const source = path.join(root, "src", "cli", `${program}.ts`);
  const compiled = path.join(root, "dist", "cli", `${program}.js`);
  const { main } = await import(pathToFileURL(existsSync(source) ? source : compiled).href);
  await main(process.argv.slice(2));
}

/**
 * In a container without an init, this is process 1, and every orphan of a command becomes its child: Node never asks for their
 * exit status, and they stay as zombies. A shell takes this place: waiting for the program, it collects orphans, too.
 */
function leaveProcessOne() {
  const shell = "/bin/sh";
  if (process.execve === undefined || !existsSync(shell)) return;
  const script = `
for name in TERM INT HUP; do trap "kill -$name \\$program" $name; done
exec 3<&0; "$@" <&3 3<&- & program=$!
while :; do wait $program; status=$?; kill -0 $program 2>/dev/null || exit $status; done`;
  const line = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  // Node calls execve experimental and says so.
  process.removeAllListeners("warning");
  process.execve(shell, ["sh", "-c", script, "sh", ...line], process.env);
}

/** Runs the same command line on the Node that `npm ci` brought, and ends as it ends. */
function relaunch(program) {
  const node = path.join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(node)) {
    process.stderr.write(
      `${program} needs Node.js ${oldestNode} or later; this is ${process.version}.\n` +
        `Install it, or run "npm ci" in ${root}: that brings a suitable one for this folder alone.\n`,
    );
    process.exitCode = 1;
    return;
  }
  // The channel tells the child when this process is killed: then it must not live on alone.
  const envFiles = process.execArgv.filter((argument) => /^--env-file(?:-if-exists)?=/.test(argument));
  const child = spawn(node, [...envFiles, ...process.argv.slice(1)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, HARBINGER_LAUNCHED: "1" },
  });
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child, too; twice would force it.
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
