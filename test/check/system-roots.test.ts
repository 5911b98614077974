import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CertificateWorkshop, type IssuedCertificate, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { type Nginx, startNginx, whyNoNginx } from "../harness/nginx.ts";

/** A system that also trusts the root of the tests. */
describe("a certificate with a root that this system trusts", { skip: whyNoOpenssl() ?? whyNoNginx() }, () => {
  let workshop: CertificateWorkshop;
  let root: IssuedCertificate;
  let nginx: Nginx;
  before(async () => {
    workshop = new CertificateWorkshop();
    root = workshop.issue({ name: "Test Root", isAuthority: true });
    const intermediate = workshop.issue({ name: "Test Intermediate", isAuthority: true, issuer: root });
    nginx = await startNginx(workshop.issue({ issuer: intermediate }));
  });
  after(async () => {
    await nginx?.[Symbol.asyncDispose]();
    workshop?.[Symbol.dispose]();
  });

  async function check(directory: string, ...args: string[]) {
    const environment = { SSL_CERT_FILE: root.certificateFile };
    return await harbinger(["check", ...args], { directory, environment });
  }

  test("is verified, for its own name only", async () => {
    using folder = temporaryFolder();
    const port = String(nginx.tlsPort);
    const [own, other, page] = await Promise.all([
      check(folder.path, "tls", "127.0.0.1", port),
      check(folder.path, "tls", "127.0.0.1", port, "--servername", "elsewhere.test"),
      check(folder.path, "http", "127.0.0.1", port, "https", "--no-favicon"),
    ]);
    assert.match(own.stdout, /\nverified by the system's roots\n$/);
    assert.match(other.stdout, /\nverified by the system's roots\nthe name does not match: /);
    assert.match(page.stdout, /\n\[the certificate is verified\]\n$/);
  });

  test("is collected with its whole chain, up to the root that the server did not send", async () => {
    using folder = temporaryFolder();
    const { stdout } = await check(folder.path, "cert", "127.0.0.1", String(nginx.tlsPort));
    assert.match(stdout, /^3 certificates saved to ca_certs/);
    assert.match(stdout, /\n3\. O=Harbinger test only, CN=Test Root; self-signed; /);
  });

  test("is trusted by the Kafka check without a truststore", async () => {
    using folder = temporaryFolder();
    const kafka = await check(folder.path, "kafka", "--tls", "127.0.0.1", String(nginx.tlsPort));
    assert.deepEqual([kafka.status, kafka.stdout], [1, "Not a Kafka service\n"]);
  });
});
