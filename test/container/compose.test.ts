// The compose file with the unmodified .env of the earlier tool's document: only the names of its servers lead elsewhere.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { openStore } from "../../src/store/open-store.ts";
import { mmdbOf } from "../enrich/mmdb-file.ts";
import { CertificateWorkshop } from "../harness/certificate-authority.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { type ContainerHost, createContainerHost } from "../harness/container-host.ts";
import { containerImage, debianImage, whyNoContainers } from "../harness/container-image.ts";
import { appEnvironment, updaterEnvironment } from "../harness/earlier-environment.ts";
import { runProgram, runWell } from "../harness/run-program.ts";
import { MailAndPush } from "./mail-and-push.ts";

const deploy = path.join(import.meta.dirname, "..", "..", "deploy");
const servers = "203.0.113.25";
const clients = Array.from({ length: 40 }, (_, index) => `203.0.113.${100 + index}`);

interface ComposeFile {
  readonly services: { readonly geoipupdate: { readonly healthcheck: { readonly test: readonly string[] } } };
}

/** The database of geoipupdate: every peer is in this city. */
function cityDatabase(city: string): Buffer {
  return mmdbOf({
    "203.0.113.0/24": {
      country: { iso_code: "DE", names: { en: "Germany" } },
      city: { names: { en: city } },
      subdivisions: [{ iso_code: "BW", names: { en: "Baden-Wurttemberg" } }],
    },
  });
}

const networkDatabase = mmdbOf(
  { "203.0.113.0/24": { autonomous_system_number: 64_500, autonomous_system_organization: "Example Carrier" } },
  { type: "GeoLite2-ASN" },
);

/** A folder of a user of the earlier tool: the compose files, and the two files with variables. */
async function project(folder: string, authority: string): Promise<void> {
  for (const name of ["compose.yaml", "compose.secrets.yaml"])
    copyFileSync(path.join(deploy, name), path.join(folder, name));
  writeFileSync(path.join(folder, ".env"), appEnvironment);
  writeFileSync(path.join(folder, "geoipupdate.env"), updaterEnvironment);
  writeFileSync(path.join(folder, "authority.pem"), authority);
  // Instead of MaxMind's updater there is a container through which the test writes as the updater does.
  writeFileSync(
    path.join(folder, "test.yaml"),
    `services:
  geoipupdate:
    image: ${await debianImage()}
    entrypoint: ["sleep", "infinity"]
  portwatcher:
    image: ${await containerImage()}
    environment:
      NODE_EXTRA_CA_CERTS: /run/authority.pem
    volumes:
      - ./authority.pem:/run/authority.pem:ro
    extra_hosts: ["mx.example.de:${servers}", "ntfy.sh:${servers}"]
    ulimits: { nproc: 4096 }
`,
  );
}

/** Writes as geoipupdate does: a new file that is renamed over the old one. */
async function update(host: ContainerHost, folder: string, name: string, content: Buffer): Promise<void> {
  const container = `${host.prefix}_geoipupdate_1`;
  writeFileSync(path.join(folder, "database"), content);
  const place = `/var/lib/GeoIP/${name}`;
  await host.podmanWell("cp", path.join(folder, "database"), `${container}:${place}.temporary`);
  await host.podmanWell("exec", container, "sh", "-c", `chmod 644 ${place}.temporary; mv ${place}.temporary ${place}`);
}

describe("the compose file with the .env of the earlier Portwatcher", { skip: whyNoContainers() ?? false }, () => {
  test("sends reports by mail and push, uses new databases, loses nothing when killed, and shuts down gracefully", async () => {
    using folder = temporaryFolder();
    using workshop = new CertificateWorkshop();
    const authority = workshop.issue({ name: "Authority", isAuthority: true });
    const certificate = workshop.issue({ issuer: authority, alternativeNames: ["DNS:mx.example.de", "DNS:ntfy.sh"] });
    await project(folder.path, readFileSync(authority.certificateFile, "utf8"));
    await using host = createContainerHost([servers, ...clients]);
    await using both = new MailAndPush(host, {
      address: servers,
      key: certificate.key,
      certificate: certificate.chain,
      login: { user: "user@example.de", password: "CHANGE_ME" },
    });
    await both.start();
    const files = ["compose.yaml", "test.yaml"];
    const container = `${host.prefix}_portwatcher_1`;
    const up = await host.compose(folder.path, files, "up", "-d", "--no-build", "portwatcher");
    assert.equal(up.status, 0, up.stderr);
    await host.logged(container, "INFO: listening");
    for (let times = 0; times < 3; times++) await host.podmanWell("healthcheck", "run", container);

    const rest = [...clients];
    const seen: string[] = [];
    const nextVisitor = () => {
      const client = rest.shift() ?? assert.fail("too many clients");
      seen.push(client);
      return client;
    };
    const curl = (from: string) =>
      runProgram(...host.outside("curl", "-s", "--interface", from, `http://${host.address}:1417/admin`));

    // Without databases the country of these addresses is unknown.
    await curl(nextVisitor());
    await both.took(1);

    await update(host, folder.path, "GeoLite2-City.mmdb", cityDatabase("Heidelberg"));
    await update(host, folder.path, "GeoLite2-ASN.mmdb", networkDatabase);
    // podman-compose quotes this health check wrongly, so it is run here.
    const compose: ComposeFile = parse(readFileSync(path.join(deploy, "compose.yaml"), "utf8"));
    const [, ...check] = compose.services.geoipupdate.healthcheck.test;
    await host.podmanWell("exec", `${host.prefix}_geoipupdate_1`, ...check);
    const untilCity = async (city: string) => {
      for (;;) {
        await curl(nextVisitor());
        await both.took(seen.length);
        const last = (await both.parsedMails()).find(({ subject }) => subject?.endsWith(` ${seen.at(-1)}`));
        if (last?.subject === `DE ${city} ${seen.at(-1)}`) return;
      }
    };
    await untilCity("Heidelberg");
    await update(host, folder.path, "GeoLite2-City.mmdb", cityDatabase("Mannheim"));
    await untilCity("Mannheim");

    const tls = nextVisitor();
    const target = `${host.address}:1417`;
    await runProgram(
      ...host.outside("openssl", "s_client", "-connect", target, "-servername", "test.example", "-bind", `${tls}:0`),
    );
    const shell = nextVisitor();
    const sshOptions = [
      "-F",
      "none",
      "-o",
      "BatchMode=yes",
      "-o",
      "StrictHostKeyChecking=no",
      "-o",
      "UserKnownHostsFile=/dev/null",
    ];
    await runProgram(...host.outside("ssh", ...sshOptions, "-b", shell, "-p", "1417", host.address));
    await both.took(seen.length);
    // If the server is stopped between accepting a message and its reply, it gets the message again.
    await host.logged(container, "INFO: delivered", 2 * seen.length);

    // While nothing can be delivered, a client connects and the container is killed.
    await both.stop();
    const late = nextVisitor();
    await curl(late);
    await host.logged(container, `"peer":"${late}:`);
    await host.podmanWell("kill", "--signal", "KILL", container);
    await both.start();
    await host.podmanWell("start", container);
    await host.logged(container, "INFO: listening", 2);
    await host.podmanWell("healthcheck", "run", container);
    await both.took(seen.length);

    // Ten seconds later podman would have killed it, which is another exit status.
    await host.podmanWell("stop", "--time", "10", container);
    assert.equal(await host.podmanWell("inspect", "--format", "{{.State.ExitCode}}", container), "0");

    const mails = await both.parsedMails();
    const subjects = mails.map(({ subject = "" }) => subject.split(" ").at(-1));
    assert.deepEqual([...subjects].sort(), [...seen].sort(), "exactly one mail for each client");
    for (const mail of both.mails) {
      assert.deepEqual([mail.from, mail.to], ["portwatch@example.de", ["you@example.de"]]);
      assert.deepEqual([mail.isSecure, mail.user], [true, "user@example.de"]);
    }
    const textOf = (client: string) => mails.find(({ subject }) => subject?.endsWith(` ${client}`))?.text ?? "";
    assert.match(textOf(tls), /^SNI: test\.example$/m);
    assert.match(textOf(shell), /^Detected: ssh$/m);
    assert.match(textOf(late), /^HTTP: GET \/admin HTTP\/1\.1$/m);
    assert.match(textOf(late), /^Provider: AS64500 Example Carrier$/m);
    assert.match(textOf(late), /^Timestamp: .*\+0[12]:00$/m);
    for (const client of seen)
      assert.equal(both.posts.filter(({ text }) => text.includes(`Peer IP: ${client}\n`)).length, 1, client);
    for (const { path: topic, headers } of both.posts)
      assert.deepEqual([topic, headers["priority"], headers["tags"]], ["/your-topic", "5", "rotating_light,shield"]);

    const state = await host.podmanWell(
      "volume",
      "inspect",
      "--format",
      "{{.Mountpoint}}",
      `${host.prefix}_portwatcher-state`,
    );
    await using store = await openStore({ location: path.join(state, "portwatcher.db"), thread: "caller" });
    assert.equal(await store.connections.count(), seen.length, "no health check among the connections");
    const { stdout, stderr } = await host.podman("logs", container);
    assert.ok(!(stdout + stderr).includes("CHANGE_ME"));
  });

  test("reads the password of the mail server from a secret", async () => {
    using folder = temporaryFolder();
    using workshop = new CertificateWorkshop();
    const authority = workshop.issue({ name: "Authority", isAuthority: true });
    const certificate = workshop.issue({ issuer: authority, alternativeNames: ["DNS:mx.example.de", "DNS:ntfy.sh"] });
    await project(folder.path, readFileSync(authority.certificateFile, "utf8"));
    mkdirSync(path.join(folder.path, "secrets"));
    const secret = path.join(folder.path, "secrets", "smtp_pass");
    writeFileSync(secret, "from a file\n", { mode: 0o400 });
    await runWell("chown", ["10001", secret]);
    const [client = ""] = clients;
    await using host = createContainerHost([servers, client]);
    await using both = new MailAndPush(host, {
      address: servers,
      key: certificate.key,
      certificate: certificate.chain,
      login: { user: "user@example.de", password: "from a file" },
    });
    await both.start();
    const files = ["compose.yaml", "compose.secrets.yaml", "test.yaml"];
    const up = await host.compose(folder.path, files, "up", "-d", "--no-build", "portwatcher");
    assert.equal(up.status, 0, up.stderr);
    await host.logged(`${host.prefix}_portwatcher_1`, "INFO: listening");
    await runProgram(...host.outside("curl", "-s", "--interface", client, `http://${host.address}:1417/`));
    await both.took(1);
    assert.deepEqual(
      both.mails.map(({ user }) => user),
      ["user@example.de"],
    );
    const environment = await host.podmanWell(
      "inspect",
      "--format",
      "{{json .Config.Env}}",
      `${host.prefix}_portwatcher_1`,
    );
    assert.ok(!environment.includes("from a file"));
  });
});
