/** The questions of `harbinger config init` on a terminal. */
import { randomBytes } from "node:crypto";
import { confirm, isCancel, log, multiselect, password, select, spinner, text } from "@clack/prompts";
import { type FirstMail, type FirstNtfy, initialConfig } from "../../config/initial-config.ts";
import { aboutLargeIpv6, whyTooLarge } from "../../config/large-networks.ts";
import { namedNetwork } from "../../config/proposed-networks.ts";
import { hostLiteral } from "../../core/host-literal.ts";
import { parseRecipient, splitList } from "../../core/recipients.ts";
import { safeText } from "../../core/safe-text.ts";
import { parseServerUrl } from "../../notify/channels/http/server-url.ts";
import { topicPattern } from "../../notify/channels/ntfy/ntfy-channel.ts";
import { foundNetworks, freeDecoyPorts, type InitPlan, parseMailServer } from "./init-plan.ts";
import { tryChannels } from "./try-channels.ts";

/** The user pressed Ctrl-C or Escape. */
export class Cancelled extends Error {}

/** Stored next to the configuration. */
const passwordFile = "mail-password";

/**
 * Asks for the settings of a first configuration.
 * @throws Cancelled
 */
export async function askPlan(file: string): Promise<InitPlan> {
  const networks = await askNetworks();
  const planned = await askChannels({ ...networks, decoyPorts: [] }, file);
  const candidates = planned.mail === undefined && planned.ntfy === undefined ? [] : await freeDecoyPorts();
  const decoyPorts = candidates.length > 0 && (await askDecoy(candidates)) ? candidates : [];
  return { ...planned, decoyPorts };
}

async function askNetworks(): Promise<Pick<InitPlan, "networks" | "leftOut" | "largeIpv6">> {
  const { proposed, others: unselected, largeIpv6 } = foundNetworks();
  const found = [...proposed, ...unselected];
  if (largeIpv6.length > 0) log.info(aboutLargeIpv6(largeIpv6).join(" "));
  const chosen =
    found.length === 0
      ? []
      : answer(
          await multiselect({
            message: "Which networks do you want to watch? (Space selects, Enter continues)",
            options: found.map((network) => ({
              value: network,
              label: network.cidr,
              ...(network.comment === undefined ? {} : { hint: network.comment }),
            })),
            initialValues: [...proposed],
            required: false,
          }),
        );
  const others = answer(
    await text({
      message:
        chosen.length === 0
          ? "Networks to watch, separated by commas (empty: only this machine)"
          : "Other networks, separated by commas (empty: none)",
      placeholder: "10.0.5.0/24, 10.0.6.1-50",
      defaultValue: "",
      validate: (line) => {
        const wrong = splitList(line).find((part) => namedNetwork(part) === undefined);
        if (wrong !== undefined) return `${JSON.stringify(wrong)} is not an address, network or range`;
        return splitList(line)
          .map(whyTooLarge)
          .find((reason) => reason !== undefined);
      },
    }),
  );
  const named = splitList(others)
    .map(namedNetwork)
    .filter((network) => network !== undefined);
  if (named.some(({ isPublic }) => isPublic)) {
    log.warn(
      "Some of these addresses are public. Scan them only if they are yours; the configuration will allow them.",
    );
  }
  return {
    networks: [...chosen, ...named],
    leftOut: found.filter((network) => !chosen.includes(network)),
    largeIpv6,
  };
}

/** Repeats until a message is delivered or the user accepts the settings. */
async function askChannels(plan: InitPlan, file: string): Promise<InitPlan> {
  const way = answer(
    await select({
      message: "How do you want to receive reports and alerts?",
      options: [
        { value: "mail", label: "Mail" },
        { value: "ntfy", label: "ntfy", hint: "push messages to a phone or browser" },
        { value: "both", label: "Both" },
        { value: "neither", label: "Neither", hint: "reports are files in the folder reports" },
      ],
    }),
  );
  let changed = plan;
  for (;;) {
    if (way === "mail" || way === "both") changed = { ...changed, ...(await askMail(changed)) };
    if (way === "ntfy" || way === "both") changed = { ...changed, ntfy: await askNtfy(changed.ntfy) };
    if (way === "neither") return plan;
    const verdict = await offerTest(changed, file);
    if (verdict === "keep") return changed;
    if (verdict === "without") return plan;
  }
}

async function askMail(before: InitPlan): Promise<Pick<InitPlan, "mail" | "password">> {
  const { mail } = before;
  const to = answer(
    await text({
      message: "Your mail address (separate several with commas)",
      placeholder: "me@example.org",
      initialValue: mail?.to.join(", ") ?? "",
      validate: (line) => {
        const parts = splitList(line);
        if (parts.length === 0) return "a mail address is needed";
        const wrong = parts.find((part) => !isMailAddress(part));
        return wrong === undefined ? undefined : `${JSON.stringify(wrong)} is not a mail address`;
      },
    }),
  );
  const server = answer(
    await text({
      message: "Mail server, with its port",
      placeholder: "smtp.example.org:587",
      initialValue: mail === undefined ? "" : `${hostLiteral(mail.server)}:${mail.port}`,
      validate: (line) => (parseMailServer(line ?? "") === undefined ? "expected HOST or HOST:PORT" : undefined),
    }),
  );
  const username = answer(
    await text({
      message: "Login name (empty: no login)",
      defaultValue: "",
      initialValue: mail?.username ?? "",
    }),
  ).trim();
  const typed =
    username === ""
      ? undefined
      : answer(
          await password({
            message: `Password; it is stored in the file ${passwordFile}, readable only by you`,
            validate: (line) => (line === undefined || line === "" ? "a password is needed" : undefined),
          }),
        );
  const from = answer(
    await text({
      message: "Sender address",
      initialValue: mail?.from ?? (isMailAddress(username) ? username : (splitList(to)[0] ?? "")),
      validate: (line) => (isMailAddress(line ?? "") ? undefined : "expected a mail address"),
    }),
  );
  const made: FirstMail = {
    to: splitList(to),
    ...(parseMailServer(server) ?? { server, port: 587 }),
    username: username === "" ? undefined : username,
    passwordFile: username === "" ? undefined : passwordFile,
    from: from.trim(),
  };
  return { mail: made, password: typed };
}

async function askNtfy(before: FirstNtfy | undefined): Promise<FirstNtfy> {
  const server = answer(
    await text({
      message: "ntfy server",
      initialValue: before?.server ?? "https://ntfy.sh",
      validate: (line) =>
        parseServerUrl(line ?? "") === undefined ? "expected an address such as https://ntfy.sh" : undefined,
    }),
  );
  const topic = answer(
    await text({
      message: "Topic to subscribe to; anyone who knows it can read the messages, so this one is hard to guess",
      initialValue: before?.topic ?? `harbinger-${randomBytes(9).toString("hex")}`,
      validate: (line) => (topicPattern.test(line ?? "") ? undefined : "a topic is 1 to 64 letters, digits, - and _"),
    }),
  );
  return { topic, server };
}

async function offerTest(plan: InitPlan, file: string): Promise<"keep" | "again" | "without"> {
  if (!answer(await confirm({ message: "Send a test message now?" }))) return "keep";
  const busy = spinner();
  busy.start("Sending");
  const trials = await tryChannels(initialConfig(plan), file, plan);
  const failed = trials.filter(({ failure }) => failure !== undefined);
  busy.stop(failed.length === 0 ? "Delivered. Check that it has arrived." : "Some messages could not be delivered.");
  for (const { where, failure } of failed) log.error(safeText(`${where}: ${failure ?? ""}`, { limit: 1000 }));
  if (failed.length === 0) return "keep";
  return answer(
    await select({
      message: "What next?",
      options: [
        { value: "again" as const, label: "Correct the settings" },
        { value: "keep" as const, label: "Keep them as they are", hint: "messages wait until they can be delivered" },
        { value: "without" as const, label: "Send no messages", hint: "reports are files" },
      ],
    }),
  );
}

async function askDecoy(ports: readonly number[]): Promise<boolean> {
  return answer(
    await confirm({
      message: `Open decoy ports (${ports.join(", ")}; unused on this machine) and send alerts about connections?`,
    }),
  );
}

function isMailAddress(line: string): boolean {
  return parseRecipient(line.trim())?.includes("@") === true;
}

/** The answer. A cancelled question returns a symbol. */
function answer<Given>(given: Given): Exclude<Given, symbol> {
  if (isCancel(given)) throw new Cancelled();
  return given as Exclude<Given, symbol>;
}
