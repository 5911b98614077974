import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { connectTo, freePorts, Reloading } from "../harness/reloading.ts";
import { MailServer } from "../harness/smtp-server.ts";

const skip = process.platform === "win32" && "Windows has no SIGHUP";

/** After the signal: before, during and after the reload. */
const momentsMs = [0, 20, 60, 200, 600];

test("killed during a reload, it loses no stored connection and alerts once for each", { skip }, async (t) => {
  const [port = 0, other = 0] = await freePorts(2);
  await using mail = await MailServer.start();
  const configuration = (round: number) => `listeners:
  decoy: { host: 127.0.0.1, ports: [${port}${round % 2 === 0 ? "" : `, ${other}`}], banner: "${round}" }
alerts: { email: ann@example.org, ignore: { loopback: false }, budget: false }
email: { smtp_server: 127.0.0.1, smtp_port: ${mail.port}, tls: none, from_address: harbinger${round}@example.org }
notify: { first_retry: 1s }
enrich: { rdns: { enabled: false }, geoip: { country_data: false } }
`;
  await using decoys = await Reloading.start(configuration(0));
  for (const [round, momentMs] of momentsMs.entries()) {
    const sent = mail.accepted.length;
    await connectTo(port, `127.13.${round}.9`);
    await mail.until(({ accepted }) => accepted.length > sent);
    decoys.write(configuration(round + 1));
    const connections = Promise.all([1, 2, 3, 4].map((client) => connectTo(port, `127.13.${round}.${client}`)));
    decoys.signal("SIGHUP");
    await delay(momentMs);
    await decoys.stop("SIGKILL");
    await connections;
    await decoys.start();
  }
  await connectTo(port, "127.13.99.1");
  const peers = async (): Promise<readonly string[]> => (await decoys.stored()).map(({ peer }) => peer.address).sort();
  while (!(await peers()).includes("127.13.99.1")) await delay(20);
  const alerts = () => new Map(mail.accepted.map(({ mail: { messageId, text } }) => [messageId, text ?? ""]));
  while (alerts().size < (await peers()).length) await delay(20);
  assert.equal((await decoys.stop()).status, 0);
  const reportedPeers = [...alerts().values()].map((text) => /^Peer IP: (.*?)\r?$/m.exec(text)?.[1]).sort();
  assert.deepEqual(reportedPeers, await peers());
  t.diagnostic(
    `${momentsMs.length} kills, ${reportedPeers.length} peers stored and reported, ${mail.accepted.length} mails`,
  );
});
