import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { HttpServer } from "../harness/http-server.ts";
import { connectTo, freePorts, Reloading } from "../harness/reloading.ts";
import { MailServer } from "../harness/smtp-server.ts";

const noLookups = "enrich: { rdns: { enabled: false }, geoip: { country_data: false } }\n";

describe("alerts across reloads", { concurrency: 2 }, () => {
  test("keep cooldown, counts and budget; a changed cooldown counts from the earlier alerts", async () => {
    const [port = 0] = await freePorts(1);
    await using mail = await MailServer.start();
    const configuration = (banner: string, cooldown: string, refill: string) => `listeners:
  decoy: { host: 127.0.0.1, ports: ${port}, banner: "${banner}", cooldown: ${cooldown} }
alerts:
  email: ann@example.org
  summary: false
  ignore: { loopback: false }
  budget: { at_once: 2, then_every: ${refill}, digest: 1s, longest_digest: 1s }
email: { smtp_server: 127.0.0.1, smtp_port: ${mail.port}, tls: none, from_address: harbinger@example.org }
${noLookups}`;
    await using decoys = await Reloading.start(configuration("a", "1h", "1h"));
    const reload = async (text: string) => {
      decoys.write(text);
      const { status, stderr } = await decoys.reload();
      assert.equal(status, 0, stderr);
    };
    await connectTo(port, "127.12.0.1");
    await mail.until(({ accepted }) => accepted.length === 1);
    await reload(configuration("b", "1h", "1h"));
    await connectTo(port, "127.12.0.1");
    await reload(configuration("c", "1h", "1h"));
    await connectTo(port, "127.12.0.1");
    // A shorter cooldown that has ended since the alert: the next connection alerts, with the number of the others.
    await reload(configuration("d", "1s", "1h"));
    await delay(1100);
    await connectTo(port, "127.12.0.1");
    await mail.until(({ accepted }) => accepted.length === 2);
    assert.match(mail.accepted[1]?.mail.text ?? "", /\b2\b[^\n]*(?:connection|knock)/i);
    // The budget of two is used up in spite of reloads: a third address waits for a digest.
    await reload(configuration("e", "1h", "1h"));
    await connectTo(port, "127.12.0.2");
    await connectTo(port, "127.12.0.3");
    await delay(1500);
    assert.equal(mail.accepted.length, 2);
    // An open digest is sent as soon as the budget allows.
    await reload(configuration("f", "1h", "1s"));
    await mail.until(({ accepted }) => accepted.length === 3);
    assert.match(
      mail.accepted[2]?.mail.text ?? "",
      /127\.12\.0\.2[\s\S]*127\.12\.0\.3|127\.12\.0\.3[\s\S]*127\.12\.0\.2/,
    );
    await decoys.stop();
    assert.equal(mail.accepted.length, 3);
  });

  test("that are being delivered arrive once, and those that waited are sent through the corrected channel", async () => {
    const [port = 0, closed = 0] = await freePorts(2);
    await using push = await HttpServer.start();
    await using mail = await MailServer.start();
    const configuration = (mailPort: number, topic: string) => `listeners:
  decoy: { host: 127.0.0.1, ports: ${port} }
alerts: { email: ann@example.org, ignore: { loopback: false }, budget: false }
email: { smtp_server: 127.0.0.1, smtp_port: ${mailPort}, tls: none, from_address: harbinger@example.org }
notify: { first_retry: 1h, longest_retry: 2h, ntfy: { server: "${push.url}", topic: ${topic} } }
${noLookups}`;
    push.fault = { kind: "hang" };
    await using decoys = await Reloading.start(configuration(closed, "one"));
    await connectTo(port);
    await decoys.waitForOutput("not delivered yet");
    await push.hanging(1);
    // The server has the message and does not answer: the attempt is running while its channel is replaced.
    push.fault = undefined;
    decoys.write(configuration(mail.port, "one"));
    const { status, stdout } = await decoys.reload();
    assert.equal(status, 0);
    assert.match(stdout, /email: smtp_port/);
    await mail.until(({ accepted }) => accepted.length === 1);
    assert.equal(push.received.length, 1);
    await decoys.stop();
    assert.equal(mail.accepted.length, 1);
  });
});
