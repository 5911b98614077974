import { freePort } from "../../harness/free-port.ts";
import { accepts, answersHttp, type RealServerPlan } from "../real-server.ts";
import { certificate, key, write } from "./plan-files.ts";

/** Message brokers. */

export const mosquitto = (anonymous: boolean, tls = false): RealServerPlan => ({
  program: "mosquitto",
  arguments: (port, folder) => [
    "-c",
    write(folder, "mosquitto.conf", [
      ...(process.getuid?.() === 0 ? ["user root"] : []),
      `listener ${port} 127.0.0.1`,
      ...(tls ? [`certfile ${certificate}`, `keyfile ${key}`] : []),
      `allow_anonymous ${anonymous}`,
    ]),
  ],
});

export const nats = (...settings: readonly string[]): RealServerPlan => ({
  program: "nats-server",
  arguments: (port) => ["-a", "127.0.0.1", "-p", `${port}`, ...settings],
});

export const natsTls = (...settings: readonly string[]): RealServerPlan =>
  nats("--tls", `--tlscert=${certificate}`, `--tlskey=${key}`, ...settings);

export interface RabbitPorts {
  readonly management: number;
  readonly stomp: number;
  readonly mqtt: number;
}

/** RabbitMQ with its plugins, on separate ports and with its own node, database and port mapper. */
export async function rabbitmq(
  guestsWithoutLogin: boolean,
): Promise<{ readonly plan: RealServerPlan; readonly ports: RabbitPorts }> {
  const ports = { management: await freePort(), stomp: await freePort(), mqtt: await freePort() };
  const [mapper, distribution] = [await freePort(), await freePort()];
  const plan: RealServerPlan = {
    program: "sh",
    arguments(port, folder) {
      write(folder, "rabbitmq.conf", [
        `listeners.tcp.1 = 127.0.0.1:${port}`,
        "management.tcp.ip = 127.0.0.1",
        `management.tcp.port = ${ports.management}`,
        `stomp.listeners.tcp.1 = 127.0.0.1:${ports.stomp}`,
        `mqtt.listeners.tcp.1 = 127.0.0.1:${ports.mqtt}`,
        `mqtt.allow_anonymous = ${guestsWithoutLogin}`,
        ...(guestsWithoutLogin ? ["stomp.default_user = guest", "stomp.default_pass = guest"] : []),
      ]);
      write(folder, "advanced.config", [guestsWithoutLogin ? "[]." : "[{rabbitmq_stomp, [{default_user, []}]}]."]);
      write(folder, "enabled_plugins", ["[rabbitmq_management,rabbitmq_stomp,rabbitmq_mqtt]."]);
      const settings = Object.entries({
        HOME: folder,
        RABBITMQ_NODENAME: `harbinger${port}@localhost`,
        RABBITMQ_CONF_ENV_FILE: "/dev/null",
        RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq`,
        RABBITMQ_ADVANCED_CONFIG_FILE: `${folder}/advanced.config`,
        RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/enabled_plugins`,
        RABBITMQ_MNESIA_BASE: `${folder}/mnesia`,
        RABBITMQ_LOG_BASE: `${folder}/log`,
        RABBITMQ_LOGS: "-",
        RABBITMQ_PID_FILE: `${folder}/pid`,
        RABBITMQ_DIST_PORT: `${distribution}`,
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}",
        ERL_EPMD_ADDRESS: "127.0.0.1",
        ERL_EPMD_PORT: `${mapper}`,
      }).map(([name, value]) => `export ${name}='${value}'`);
      // The port mapper would continue as a daemon; started here, it ends with the group.
      return ["-c", [...settings, `epmd -port ${mapper} &`, "exec rabbitmq-server"].join("\n")];
    },
    environment: { PATH: `/usr/lib/rabbitmq/bin:${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` },
    // Its plugins open their ports one after another.
    isReady: async () =>
      (await accepts(ports.stomp)) && (await accepts(ports.mqtt)) && (await answersHttp(ports.management, "/")),
  };
  return { plan, ports };
}

/** ActiveMQ with OpenWire on its port, and STOMP on another. */
export const activemq = (stompPort: number, anonymous: boolean): RealServerPlan => ({
  program: "java",
  arguments: (port, folder) => [
    ...["-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"],
    ...["home=/usr/share/activemq", `base=${folder}`, `conf=${folder}`, `data=${folder}`].map(
      (setting) => `-Dactivemq.${setting}`,
    ),
    ...["-jar", "/usr/share/activemq/bin/activemq.jar", "start"],
    `xbean:file:${write(folder, "activemq.xml", [
      '<beans xmlns="http://www.springframework.org/schema/beans"',
      ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="',
      " http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd",
      ' http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">',
      '<broker xmlns="http://activemq.apache.org/schema/core" brokerName="test" persistent="false" useJmx="false">',
      "<plugins>",
      `<simpleAuthenticationPlugin anonymousAccessAllowed="${anonymous}"><users>`,
      '<authenticationUser username="system" password="manager" groups="admins"/>',
      "</users></simpleAuthenticationPlugin>",
      "</plugins>",
      "<transportConnectors>",
      `<transportConnector uri="stomp://127.0.0.1:${stompPort}"/>`,
      `<transportConnector uri="tcp://127.0.0.1:${port}"/>`,
      "</transportConnectors>",
      "</broker></beans>",
    ])}`,
  ],
  isReady: () => accepts(stompPort),
});
