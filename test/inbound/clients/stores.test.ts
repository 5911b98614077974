import assert from "node:assert/strict";
import { password, type RealClient, testClients } from "./real-client.ts";

const redisCli = ["-h", "127.0.0.1", "-p", "PORT"];
const mosquittoPub = ["-h", "127.0.0.1", "-p", "PORT", "-t", "lights/hall", "-m", "on"];

const clients: readonly RealClient[] = [
  {
    does: "redis-cli sends a command",
    program: "redis-cli",
    words: [...redisCli, "CONFIG", "GET", "dir"],
    expect: ({ identification: { protocol, redis } }) => {
      assert.equal(protocol, "redis");
      assert.deepEqual(redis, { command: "CONFIG", arguments: ["GET", "dir"] });
    },
  },
  {
    does: "redis-cli logs in",
    program: "redis-cli",
    words: [...redisCli, "--no-auth-warning", "-a", password, "PING"],
    expect: ({ identification: { protocol, redis } }) => {
      assert.equal(protocol, "redis");
      assert.equal(redis?.["command"], "AUTH");
    },
  },
  {
    does: "redis-cli requests the third version of the protocol",
    program: "redis-cli",
    words: [...redisCli, "-3", "PING"],
    expect: ({ identification: { protocol, redis } }) => {
      assert.equal(protocol, "redis");
      assert.deepEqual(redis, { command: "HELLO", arguments: ["3"] });
    },
  },
  {
    does: "psql logs in",
    program: "psql",
    words: ["host=127.0.0.1 port=PORT user=sa dbname=shop application_name=inventory connect_timeout=20"],
    environment: { PGSSLMODE: "disable", PGGSSENCMODE: "disable", PGPASSWORD: password },
    expect: ({ identification: { protocol, postgresql } }) => {
      assert.equal(protocol, "postgresql");
      const facts = { version: "3.0", user: "sa", database: "shop", applicationName: "inventory" };
      assert.deepEqual(postgresql, { request: "startup", ...facts });
    },
  },
  {
    does: "psql requests encryption, and logs in without",
    program: "psql",
    words: ["host=127.0.0.1 port=PORT user=sa dbname=shop connect_timeout=20"],
    environment: { PGSSLMODE: "prefer", PGPASSWORD: password },
    expect: ({ identification: { protocol, postgresql } }) => {
      assert.equal(protocol, "postgresql");
      const facts = { version: "3.0", user: "sa", database: "shop", applicationName: "psql" };
      assert.deepEqual(postgresql, { request: "ssl", ...facts });
    },
  },
  {
    does: "psql requires encryption",
    program: "psql",
    words: ["host=127.0.0.1 port=PORT user=sa dbname=shop connect_timeout=20"],
    environment: { PGSSLMODE: "require", PGGSSENCMODE: "disable", PGPASSWORD: password },
    expect: ({ identification: { protocol, postgresql } }) => {
      assert.equal(protocol, "postgresql");
      assert.deepEqual(postgresql, { request: "ssl" });
    },
  },
  {
    does: "mariadb logs in",
    program: "mariadb",
    words: ["--no-defaults", "-h", "127.0.0.1", "-P", "PORT", "-u", "root", `-p${password}`, "shop"],
    banner: "mysql",
    expect: ({ identification: { protocol, mysql }, phase }) => {
      assert.deepEqual([protocol, phase], ["mysql", "after-banner"]);
      assert.deepEqual([mysql?.["request"], mysql?.["user"], mysql?.["database"]], ["login", "root", "shop"]);
      assert.match(String(mysql?.["clientLibrary"]), /^libmariadb /);
    },
  },
  {
    does: "mosquitto_pub sends its identifier",
    program: "mosquitto_pub",
    words: [...mosquittoPub, "-i", "sensor-7", "-u", "alice", "-P", password, "--will-topic", "farewell"],
    expect: ({ identification: { protocol, mqtt } }) => {
      assert.equal(protocol, "mqtt");
      assert.deepEqual(mqtt, {
        version: "3.1.1",
        keepAliveSeconds: 60,
        cleanStart: true,
        hasPassword: true,
        clientId: "sensor-7",
        userName: "alice",
        willTopic: "farewell",
      });
    },
  },
  {
    does: "mosquitto_pub uses MQTT 5",
    program: "mosquitto_pub",
    words: [...mosquittoPub, "-V", "mqttv5", "-i", "sensor-8"],
    expect: ({ identification: { protocol, mqtt } }) => {
      assert.equal(protocol, "mqtt");
      assert.deepEqual([mqtt?.["version"], mqtt?.["clientId"], mqtt?.["userName"]], ["5.0", "sensor-8", undefined]);
    },
  },
  {
    does: "kcat requests the versions of a broker",
    program: "kcat",
    words: ["-b", "127.0.0.1:PORT", "-X", "client.id=inventory", "-m", "20", "-L"],
    expect: ({ identification: { protocol, kafka } }) => {
      assert.equal(protocol, "kafka");
      assert.deepEqual([kafka?.["api"], kafka?.["clientId"]], ["ApiVersions", "inventory"]);
      assert.match(String(kafka?.["software"]), /^librdkafka \d/);
    },
  },
];

testClients("a decoy names what people ask databases and queues with", clients);
