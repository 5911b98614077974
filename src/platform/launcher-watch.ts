/**
 * Where an older Node started us (see bin/launch.js), dies with it: otherwise a killed launcher would leave a process
 * behind that holds the database and goes on delivering.
 */
export function dieWithLauncher(): void {
  if (process.env["HARBINGER_LAUNCHED"] === undefined || process.channel === undefined) return;
  delete process.env["HARBINGER_LAUNCHED"];
  process.channel.unref();
  process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
}
