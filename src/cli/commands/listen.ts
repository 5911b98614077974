import { networkInterfaces } from "node:os";
import { Command, Option } from "commander";
import { HarbingerError } from "../../core/errors.ts";
import { parsePorts } from "../../core/ports.ts";
import { connectionJson } from "../../present/connections/connection-json.ts";
import { plural } from "../../present/text/plural.ts";
import { formatTime } from "../../present/text/time-text.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { suggestWords } from "../completion/suggested-values.ts";
import { note, printJson, printText } from "../output.ts";

interface ListenOptions {
  readonly host?: readonly string[];
  readonly banner: string;
  readonly dialogue: boolean;
  readonly passwords?: boolean;
}

export function listenCommand(): Command {
  return withCommonOptions(new Command("listen"))
    .description("open decoy ports now and show connections and what clients send; nothing is stored or reported")
    .argument("[port...]", "ports and ranges: 22 80,443 8000-8100")
    .option("--host <address...>", "addresses to listen on (default: 127.0.0.1 and ::1, this machine only)")
    .addOption(
      suggestWords(
        new Option(
          "--banner <text>",
          "banner for clients that send nothing: a text, or ssh, smtp, ftp, mysql, vnc, telnet, redis ...; auto: by port",
        ).default("auto"),
        async () => ["auto", ...Object.keys((await import("../../inbound/listen/banners.ts")).bannerPresets)],
      ),
    )
    .option("--no-dialogue", "close after the client's first answer to the banner")
    .option("--passwords", "show passwords that clients send instead of masking them with *")
    .addHelpText(
      "after",
      examples(
        "harbinger listen 1417",
        "harbinger listen 22 --banner ssh --host 0.0.0.0 ::",
        "harbinger listen --host 192.168.1.5 8080",
        "harbinger listen 8000-8100 --json | jq -r .peer.address",
      ),
    )
    .action(async (words: string[], options: ListenOptions, command: Command) => listen(words, options, command));
}

async function listen(words: readonly string[], options: ListenOptions, command: Command): Promise<void> {
  const { host = [], banner } = options;
  const common = commonOptions(command);
  // `--host 127.0.0.1 8080`: the option takes every word that follows it, the ports among them.
  const isPort = (word: string) => parsePorts(word).kind === "ports";
  const portWords = [...words, ...host.filter(isPort)];
  const hosts = host.filter((word) => !isPort(word));
  if (portWords.length === 0) {
    throw new HarbingerError("usage", "no port given", {
      remedy: "Example: harbinger listen 8080",
    });
  }
  const ports = parsePorts(portWords.join(","));
  if (ports.kind === "bad") throw new HarbingerError("usage", `"${ports.part}": ${ports.reason}`);
  const { listenerSchema, listenerSettings } = await import("../../inbound/listen/schema.ts");
  const parsed = listenerSchema.safeParse({
    ports: portWords.join(","),
    host: hosts.length > 0 ? hosts : localHosts(),
    banner,
    dialogue: options.dialogue,
    passwords: options.passwords === true,
  });
  if (!parsed.success) throw new HarbingerError("usage", parsed.error.issues.map((issue) => issue.message).join("; "));
  const [
    { Listener },
    { Capture },
    { identify },
    { systemClock, systemRandom },
    { onShutdownSignals },
    { endpointText },
    { describeIdentification },
    { silentLog },
    { rejectionReason },
    { bannerPresets, looksLikeUnknownPreset },
  ] = await Promise.all([
    import("../../inbound/listen/listener.ts"),
    import("../../inbound/capture/capture.ts"),
    import("../../wire/identify.ts"),
    import("../../platform/system-clock.ts"),
    import("../../platform/shutdown-signals.ts"),
    import("../../present/connections/connection-words.ts"),
    import("../../present/connections/identification-words.ts"),
    import("../../core/log.ts"),
    import("../../inbound/listen/rejected-connections.ts"),
    import("../../inbound/listen/banners.ts"),
  ]);
  if (looksLikeUnknownPreset(banner)) {
    note(`Clients get the text "${banner}": no banner has this name (${Object.keys(bannerPresets).join(", ")}).`);
  }
  const settings = listenerSettings("listen", parsed.data);
  const shared = { clock: systemClock, log: silentLog };
  const reception = new Capture({
    ...shared,
    settings: settings.capture,
    identify,
    onConnection(connection) {
      if (common.json === true) return printJson(connectionJson(connection));
      const { at, peer, local, bytes, identification } = connection;
      const about = describeIdentification(identification);
      printText(
        `${formatTime(at)}  ${endpointText(peer)} -> ${local.port}  ${identification.protocol}  ${bytes} B${about === "" ? "" : `  ${about}`}`,
      );
    },
  });
  const listener = new Listener({
    ...shared,
    settings,
    reception,
    random: systemRandom,
    onRejected(counts) {
      for (const rejected of counts) {
        const { localPort, network, count } = rejected;
        const from = network === undefined ? "" : ` from ${network}`;
        note(`${plural(count, "connection")} to port ${localPort}${from}: ${rejectionReason(rejected)}`);
      }
    },
  });
  await listener.start();
  const ended = new Promise<void>((resolve) => {
    onShutdownSignals({ first: () => resolve(), second: () => process.exit(1) });
    process.stdout.once("error", () => resolve());
  });
  if (common.quiet !== true) {
    const where = listener.endpoints.map(endpointText).join(", ");
    const isLocal = listener.endpoints.every(({ address }) => address === "::1" || address.startsWith("127."));
    note(`Listening on ${where}; Ctrl-C ends it.`);
    if (isLocal) note("Only this machine can connect. To listen on the network: --host 0.0.0.0 ::");
  }
  await ended;
  await listener.stop();
  process.exit();
}

/** Loopback only: other addresses need --host. Where IPv6 is off, as in many containers, there is no ::1. */
function localHosts(): string[] {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return own.some(({ address }) => address === "::1") ? ["127.0.0.1", "::1"] : ["127.0.0.1"];
}
