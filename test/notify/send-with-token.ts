import { AccessTokens } from "../../src/notify/channels/mail/smtp/oauth2/access-tokens.ts";
import { SmtpChannel } from "../../src/notify/channels/mail/smtp/smtp-channel.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { testClient } from "../harness/token-endpoint.ts";
import { contractMessage, never } from "./channel-contract.ts";

/** A process that sends one mail, and then waits until its test kills it, or with `once` ends. */
const [port = "", tokenUrl = "", storeFile = "", mode = "once"] = process.argv.slice(2);
const tokens = new AccessTokens({
  settings: { tokenUrl, clientId: testClient.id, clientSecret: testClient.secret, refreshToken: "rt.first" },
  storeFile,
  clock: systemClock,
});
const channel = new SmtpChannel({
  host: "localhost",
  port: Number(port),
  tls: "starttls",
  verify: false,
  from: "alerts@example.org",
  login: { user: "alerts@example.org", tokens },
});
const outcome = await channel.send(contractMessage, "security@example.org", never());
if (outcome.kind !== "delivered") throw new Error(outcome.reason);
if (mode === "forever") setInterval(() => {}, 60_000);
