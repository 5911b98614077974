import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { freePort } from "../harness/free-port.ts";
import { expectJudged, expectOfRealServers } from "./expectation.ts";
import { activemq, mosquitto, nats, natsTls, rabbitmq } from "./plans/brokers.ts";
import { certificate } from "./plans/plan-files.ts";
import { missing, startServer } from "./real-server.ts";

expectOfRealServers("real brokers", [
  {
    title: "Mosquitto with anonymous access",
    needs: ["mosquitto"],
    plan: mosquitto(true),
    service: /^Mosquitto \d+\.\d+.* \(MQTT\)$/,
    verdict: "exposed",
  },
  {
    title: "Mosquitto with anonymous access, by TLS",
    needs: ["mosquitto"],
    plan: mosquitto(true, true),
    service: /^Mosquitto \d+\.\d+.* \(MQTT, TLSv1\.3\)$/,
    verdict: "exposed",
  },
  {
    title: "Mosquitto without anonymous access",
    needs: ["mosquitto"],
    plan: mosquitto(false),
    service: /^MQTT$/,
    verdict: "protected",
  },
  {
    title: "NATS without a token",
    needs: ["nats-server"],
    plan: nats(),
    service: /^NATS \d+\.\d+/,
    verdict: "exposed",
  },
  {
    title: "NATS with a token",
    needs: ["nats-server"],
    plan: nats("--auth", "secret"),
    service: /^NATS \d+\.\d+/,
    verdict: "protected",
  },
  {
    title: "NATS without a token, by TLS",
    needs: ["nats-server"],
    plan: natsTls(),
    service: /^NATS \d+\.\d+/,
    verdict: "exposed",
  },
  {
    title: "NATS with a token, by TLS",
    needs: ["nats-server"],
    plan: natsTls("--auth", "secret"),
    service: /^NATS \d+\.\d+/,
    verdict: "protected",
  },
  {
    title: "NATS that requires a client certificate",
    needs: ["nats-server"],
    plan: natsTls("--tlsverify", `--tlscacert=${certificate}`),
    service: /^NATS \d+\.\d+/,
    verdict: "protected",
    reason: /requires a client certificate/,
  },
]);

const noRabbit = missing("rabbitmq-server", "epmd");
const amqp = { service: /^RabbitMQ \d+\.\d+\.\d+ \(AMQP\)$/, verdict: "protected" } as const;
const management = {
  service: /^RabbitMQ$/,
  verdict: "protected",
  reason: /RabbitMQ Management/,
  entry: "rabbitmq-management",
} as const;

describe("brokers that start slowly", { concurrency: 4 }, () => {
  describe("RabbitMQ", { concurrency: 2, skip: noRabbit }, () => {
    test("requires a login: AMQP, its management page, STOMP and MQTT", async () => {
      const { plan, ports } = await rabbitmq(false);
      await using server = await startServer(plan);
      await expectJudged(server.port, amqp);
      await expectJudged(ports.management, management);
      await expectJudged(ports.stomp, { service: /^STOMP$/, verdict: "protected", reason: /Bad CONNECT/ });
      await expectJudged(ports.mqtt, { service: /^MQTT$/, verdict: "protected" });
    });

    test("accepts guests by STOMP and MQTT if configured, and never by AMQP", async () => {
      const { plan, ports } = await rabbitmq(true);
      await using server = await startServer(plan);
      await expectJudged(server.port, amqp);
      await expectJudged(ports.management, management);
      await expectJudged(ports.stomp, { service: /^RabbitMQ \d+\.\d+.* \(STOMP\)$/, verdict: "exposed" });
      await expectJudged(ports.mqtt, { service: /^MQTT$/, verdict: "exposed" });
    });
  });

  const noActivemq =
    missing("java") ?? (existsSync("/usr/share/activemq/bin/activemq.jar") ? undefined : "not installed: activemq");

  describe("ActiveMQ", { concurrency: 2, skip: noActivemq }, () => {
    for (const [anonymous, verdict] of [
      [true, "exposed"],
      [false, "protected"],
    ] as const) {
      test(`${anonymous ? "accepts any client" : "requires a login"}: OpenWire does not show it, STOMP does`, async () => {
        const stomp = await freePort();
        await using server = await startServer(activemq(stomp, anonymous));
        await expectJudged(server.port, { service: /^ActiveMQ \(OpenWire\)$/, verdict: "inconclusive" });
        await expectJudged(stomp, { service: anonymous ? /^ActiveMQ \d+\.\d+.* \(STOMP\)$/ : /^STOMP$/, verdict });
      });
    }
  });
});
