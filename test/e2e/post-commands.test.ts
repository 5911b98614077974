import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { kafkaBroker } from "../check/kafka-broker.ts";
import { refusedPort, silentServer, talking } from "../check/run-check.ts";
import { chains } from "../check/seed-chains.ts";
import { CertificateWorkshop, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { type Nginx, startNginx, whyNoNginx } from "../harness/nginx.ts";

const skip =
  whyNoOpenssl() ?? whyNoNginx() ?? (process.platform === "win32" ? "the chains are for a POSIX shell" : undefined);

interface Section {
  readonly port: number;
  readonly postCommand: string;
}

/** As in the earlier tool's document, with a command instead of nmap. */
function configuration(sections: Readonly<Record<string, Section>>): string {
  const lines = Object.entries(sections).map(
    ([name, { port, postCommand }]) => `port_${name}:
  port: ${port}
  label: "${name}"
  port_label: "Test"
  command: "echo 127.0.0.1"
  post_command: ${JSON.stringify(postCommand)}
`,
  );
  return `reports:\n  save_to_file: true\n  directory: "reports"\n${lines.join("\n")}`;
}

/** The text under the host in the report of each section, from a run in cron mode. */
async function evidence(folder: string, search: string, sections: Readonly<Record<string, Section>>) {
  writeFileSync(path.join(folder, "harbinger.yaml"), configuration(sections));
  const run = await harbinger(["--mode", "cron"], { directory: folder, environment: { PATH: search } });
  assert.equal(run.status, 0, run.stderr);
  const reports = path.join(folder, "reports");
  const files = readdirSync(reports);
  return (name: string) => {
    const own = files.filter((file) => file.replace(/_\d{8}_\d{6}\.txt$/, "") === name);
    assert.equal(own.length, 1, `${name}: ${files.join()}`);
    const text = readFileSync(path.join(reports, own[0] ?? ""), "utf8");
    return /\n127\.0\.0\.1\n([\s\S]*?)\n+(?:Note:|This report)/.exec(text)?.[1] ?? `no host in: ${text}`;
  };
}

describe("helper scripts of the earlier tool in a run, without Python, nmap, openssl and curl", { skip }, () => {
  let workshop: CertificateWorkshop;
  let nginx: Nginx;
  before(async () => {
    workshop = new CertificateWorkshop();
    nginx = await startNginx(workshop.issue());
  });
  after(async () => {
    await nginx?.[Symbol.asyncDispose]();
    workshop?.[Symbol.dispose]();
  });

  /** A search path with a shell, and nothing else but `programs`. */
  function searchPath(folder: string, programs: Readonly<Record<string, string>> = {}): string {
    const search = path.join(folder, "programs");
    mkdirSync(search);
    for (const [name, target] of Object.entries({ sh: "/bin/sh", ...programs })) {
      symlinkSync(target, path.join(search, name));
    }
    return search;
  }

  test("writes the output of every chain into the report", async () => {
    using folder = temporaryFolder();
    await using broker = await kafkaBroker();
    await using silent = await silentServer();
    await using ssh = await talking((socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"));
    const of = await evidence(folder.path, searchPath(folder.path), {
      plain_http: { port: nginx.port, postCommand: chains.http },
      plain_https: { port: nginx.port, postCommand: chains.https },
      app: { port: nginx.port, postCommand: chains.webApp },
      tls_https: { port: nginx.tlsPort, postCommand: chains.https },
      tls_cert: { port: nginx.tlsPort, postCommand: chains.certificate },
      tls_kafka: { port: nginx.tlsPort, postCommand: chains.kafka },
      kafka: { port: broker.port, postCommand: chains.kafka },
      kafka_joined: { port: broker.port, postCommand: chains.kafkaAlone },
      refused: { port: await refusedPort(), postCommand: chains.https },
      silent: { port: silent.port, postCommand: chains.https },
      ssh: { port: ssh.port, postCommand: chains.http },
    });
    assert.match(of("plain_http"), /^port is open\nHTTP\/1\.1 200 OK\n[\s\S]*Hello &amp; welcome/);
    assert.equal(of("plain_https"), "[Command failed: exit status 1]\nport is open\nTLS not detected");
    assert.match(of("app"), /^port is open\nHTTP\/1\.1 200 OK\n[\s\S]*\nall is well$/);
    assert.match(
      of("tls_https"),
      /^port is open\nTLS detected\nHTTP\/1\.1 200 OK\n[\s\S]*\[the certificate is not verified/,
    );
    assert.match(
      of("tls_cert"),
      /^\[Command failed: exit status 1\]\nport is open\nTLS detected\n1 certificate saved to ca_certs\/127\.0\.0\.1-truststore\.pem\n[\s\S]*\nNot a Kafka service$/,
    );
    assert.match(of("tls_kafka"), /^port is open\nTLS detected\n[\s\S]*\nNot a Kafka service$/);
    assert.match(
      of("kafka"),
      /^port is open\nTLS not detected\nKafka is accessible without authentication: 1 broker, 1 topic\n/,
    );
    assert.match(of("kafka_joined"), /^Kafka is accessible without authentication: 1 broker, 1 topic\n/);
    assert.equal(of("refused"), "[Command failed: exit status 1]\nport is closed");
    assert.equal(of("silent"), "[Command failed: exit status 1]\nport is open\nTLS not detected");
    assert.match(of("ssh"), /\nport is open\nno HTTP response: the answer is not HTTP: SSH-2\.0-OpenSSH_9\.2$/);
    assert.deepEqual(readdirSync(path.join(folder.path, "ca_certs")).sort(), [
      "127.0.0.1-truststore.pem",
      "127.0.0.1-truststore.txt",
    ]);
  });

  test("finds the scripts however they are called, and runs those that exist", async () => {
    using folder = temporaryFolder();
    const own = path.join(folder.path, "own", "post_command");
    mkdirSync(own, { recursive: true });
    const script = path.join(own, "port_check.py");
    // A shell stands in for Python: this file must run, not the check.
    writeFileSync(script, '#!/bin/sh\necho "my own check of $1 and $2"\n');
    chmodSync(script, 0o755);
    const { port } = nginx;
    const of = await evidence(folder.path, searchPath(folder.path, { python3: "/bin/sh" }), {
      python3: { port, postCommand: "python3 post_command/port_check.py {host} {port}" },
      absolute: { port, postCommand: "python /opt/harbinger/post_command/port_check.py {host} {port}" },
      bare: { port, postCommand: "./post_command/tls_check.py {host} {port} || echo no TLS" },
      quoted: {
        port,
        postCommand: `(python "post_command/port_check.py" '{host}' {port} && python 'post_command/tls_check.py' {host} {port}) || python post_command/http_check.py --url /api/status {host} {port}`,
      },
      own: { port, postCommand: `python3 ${script} {host} {port} && python post_command/port_check.py {host} {port}` },
      own_program: { port, postCommand: `${script} {host} {port}` },
    });
    assert.equal(of("python3"), "port is open");
    assert.equal(of("absolute"), "port is open");
    assert.equal(of("bare"), "TLS not detected\nno TLS");
    assert.match(of("quoted"), /^port is open\nTLS not detected\nHTTP\/1\.1 200 OK\n[\s\S]*\nall is well$/);
    assert.equal(of("own"), `my own check of 127.0.0.1 and ${port}\nport is open`);
    assert.equal(of("own_program"), `my own check of 127.0.0.1 and ${port}`);
  });
});
