import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { exposureCheck } from "../../src/outbound/check/exposure/exposure-check.ts";
import { serviceCheck } from "../../src/outbound/check/service/service-check.ts";
import { checkContext } from "../../test/check/check-context.ts";

/** What a program reports about a port. */
export interface Reported {
  readonly protocol?: string | undefined;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
  readonly verdict?: string | undefined;
  readonly evidence?: string | undefined;
  readonly seconds: number;
}

const timeoutMs = 60_000;

export async function askUs(port: number): Promise<Reported> {
  const request = { host: "127.0.0.1", port, timeoutMs, options: {} };
  const { signal } = new AbortController();
  const start = performance.now();
  const { facts, output } = await serviceCheck.create(checkContext).run(request, signal);
  const seconds = (performance.now() - start) / 1000;
  const judged = await exposureCheck.create(checkContext).run(request, signal);
  const text = (name: string) => (typeof facts?.[name] === "string" ? facts[name] : undefined);
  const protocol = text("protocol");
  return {
    protocol: protocol === "unknown" ? undefined : protocol,
    product: text("product"),
    version: text("version"),
    verdict: judged.verdict,
    evidence: `${output} | ${judged.output}`,
    seconds,
  };
}

/** Without an answer nmap guesses the protocol from the port; that is marked `table` and does not count. */
export async function askNmap(port: number): Promise<Reported> {
  const args = ["-n", "-Pn", "-sV", "-p", String(port), "-oX", "-", "127.0.0.1"];
  const { stdout } = await promisify(execFile)("nmap", args, { encoding: "utf8", timeout: 600_000 });
  const seconds = Number(/elapsed="([\d.]+)"/.exec(stdout)?.[1] ?? "0");
  const service = /<service ([^>]*)>/.exec(stdout)?.[1] ?? "";
  const attribute = (name: string) => new RegExp(`(?:^| )${name}="([^"]*)"`).exec(service)?.[1];
  if (attribute("method") !== "probed") return { seconds };
  const tunnel = attribute("tunnel");
  const name = attribute("name");
  return {
    protocol: tunnel !== undefined && name === "http" ? "https" : name === "unknown" ? undefined : name,
    product: attribute("product"),
    version: attribute("version"),
    seconds,
  };
}
