import type { Check, CheckRequest, CheckResult } from "../../../core/check.ts";
import type { Port } from "../../../core/ports.ts";
import { safeText } from "../../../core/safe-text.ts";
import { readCheckArguments } from "../check-arguments.ts";
import { checkJson } from "../check-json.ts";
import { exposureCheck } from "../exposure/exposure-check.ts";
import type { Counterpart, Counterparts, ScriptForm } from "./counterparts.ts";

/** A call of a script: `post_command/redis.py`, its counterpart and its words. */
export interface ScriptCall {
  /** As the user wrote it; starts each error message. */
  readonly script: string;
  readonly counterpart: Counterpart;
  readonly form: ScriptForm;
  readonly args: readonly string[];
}

/** Where a replaced script runs: in a chain of a `post_command`, or as a separate command. */
export interface ScriptPlace {
  readonly counterparts: Counterparts;
  /** Write one text without its line feed to standard output or standard error. */
  print(text: string): void;
  printError(text: string): void;
  /** Runs one check within the time limit of this place. `hasOwnTime`: the call sets its own time limit. */
  run(check: Check, request: CheckRequest, hasOwnTime: boolean): Promise<CheckResult>;
}

/** 0: success. 1: the check did not pass, where the exit status shows that; or an invalid port. 2: wrong usage. */
export type ScriptStatus = 0 | 1 | 2;

const badPort = 1;
const wrongUsage = 2;

/**
 * Replaces a script of the earlier tool: takes its arguments, prints what the script would print, and returns its exit status.
 * `NAME.py` runs one check; `NAME.sh` checks the port, then TLS, then runs `NAME.py` accordingly.
 * @throws what {@link ScriptPlace.run} throws
 */
export async function runScript(call: ScriptCall, place: ScriptPlace): Promise<ScriptStatus> {
  return call.form === "sh" ? await runShellForm(call, place) : await runPythonForm(call, place);
}

async function runPythonForm(call: ScriptCall, place: ScriptPlace): Promise<ScriptStatus> {
  const { script, counterpart, args } = call;
  if (args.includes("--help") || args.includes("-h")) {
    place.print(usageOf(call));
    return 0;
  }
  const read = readCheckArguments(counterpart.check, args, counterpart.usualPort);
  if (read.kind === "wrong") {
    place.printError(`${script}: ${read.reason}`);
    return read.isBadPort ? badPort : wrongUsage;
  }
  const request: CheckRequest = {
    ...read.request,
    options: { ...counterpart.impliedOptions(read.request.port), ...read.request.options },
  };
  const hasOwnTime = args.some((word) => /^--timeout(?:=|$)/.test(word));
  if (counterpart.exitStatus === "outcome") {
    const result = await runBriefly(counterpart.check, request, { place, hasOwnTime });
    show(result, request, read.json, place);
    return result.passed ? 0 : 1;
  }
  return await printVerdict(counterpart, request, { place, hasOwnTime, json: read.json });
}

async function printVerdict(
  { check }: Counterpart,
  request: CheckRequest,
  { place, hasOwnTime, json }: { readonly place: ScriptPlace; readonly hasOwnTime: boolean; readonly json: boolean },
): Promise<ScriptStatus> {
  const tls = request.options["tls"] === true;
  place.printError(`Testing ${endpointText(request)} - ${tls ? "TLS only" : "Plain connection"}...`);
  const result = await place.run(check, request, hasOwnTime);
  const isKafka = check.name === "kafka";
  if (!isKafka && !json && isUnconnected(result, tls)) {
    place.print(tls ? "TLS connection failed" : "Plain connection failed");
  }
  show(result, request, json, place);
  if (result.verdict === "exposed" && !json) place.print("VULNERABLE");
  // Chains of the earlier tool's document try Kafka with TLS, and without TLS if that fails.
  return isKafka && tls && !result.passed ? 1 : 0;
}

/** There is no connection; with TLS also where the server does not speak it. */
function isUnconnected(result: CheckResult, tls: boolean): boolean {
  const facts = exposureCheck.readFacts(result);
  return facts?.state !== undefined || (tls && facts?.tls === undefined && result.verdict === "inconclusive");
}

async function runShellForm(call: ScriptCall, place: ScriptPlace): Promise<ScriptStatus> {
  const { script, counterpart, args } = call;
  const [host, port] = args;
  if (host === undefined || port === undefined || args.length > 2) {
    place.printError(`${script}: exactly a host and a port are required\n${usageOf(call)}`);
    return 1;
  }
  const read = readCheckArguments(counterpart.check, ["--", host, port]);
  if (read.kind === "wrong") {
    place.printError(`${script}: ${read.reason}`);
    return 1;
  }
  const helper = async (name: string) => {
    const check = place.counterparts.find(name)?.check;
    if (check === undefined) return false;
    const request = { ...read.request, options: {} };
    const result = await runBriefly(check, request, { place, hasOwnTime: false });
    place.print(result.output);
    return result.passed;
  };
  place.print(`Checking port ${read.request.port} on ${safeText(read.request.host, { limit: 255 })}...`);
  if (!(await helper("port_check"))) return 0;
  place.print("Checking for TLS...");
  const tls = await helper("tls_check");
  if (tls) {
    place.print("Collecting certificates...");
    await helper("cert_collector");
  }
  const isHttp = counterpart.check.name === "http";
  const words = !tls ? [host, port] : isHttp ? [host, port, "https"] : ["--tls", host, port];
  place.print(`Running ${counterpart.name}.py${tls ? (isHttp ? " with https" : " --tls") : ""}...`);
  await runPythonForm({ ...call, form: "py", args: words }, place);
  return 0;
}

function runBriefly(
  check: Check,
  request: CheckRequest,
  { place, hasOwnTime }: { readonly place: ScriptPlace; readonly hasOwnTime: boolean },
): Promise<CheckResult> {
  const options = { ...check.inPostCommand?.options, ...request.options };
  return place.run(check, { ...request, options }, hasOwnTime);
}

function show(result: CheckResult, request: CheckRequest, json: boolean, place: ScriptPlace): void {
  if (json) place.print(JSON.stringify(checkJson(result, request)));
  else if (result.output !== "") place.print(result.output);
}

function endpointText({ host, port }: { readonly host: string; readonly port: Port }): string {
  const shown = safeText(host, { limit: 255 });
  return shown.includes(":") && !shown.startsWith("[") ? `[${shown}]:${port}` : `${shown}:${port}`;
}

function usageOf({ counterpart: { name, usualPort, exitStatus, check }, form }: ScriptCall): string {
  if (form === "sh") return `usage: ${name}.sh HOST PORT`;
  const tls = exitStatus === "verdict" ? " [-t|--tls]" : "";
  const port = usualPort === undefined ? "HOST PORT" : `HOST[:PORT] [PORT] (default port: ${usualPort})`;
  return `usage: ${name}.py${tls} ${port}${check.operands === undefined ? "" : ` ${check.operands.usage}`}`;
}
