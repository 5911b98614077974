/**
 * If an older Node started this process (see bin/launch.js), it ends with that Node. Otherwise a killed launcher would leave a
 * process that keeps the database locked and continues to deliver.
 */
export function dieWithLauncher(): void {
  if (process.env["HARBINGER_LAUNCHED"] === undefined || process.channel === undefined) return;
  delete process.env["HARBINGER_LAUNCHED"];
  process.channel.unref();
  process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
}
