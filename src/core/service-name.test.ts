import assert from "node:assert/strict";
import { test } from "node:test";
import { serviceName } from "./service-name.ts";

test("a service is named by its product, and by its protocol if the product does not imply it", () => {
  assert.equal(serviceName({ protocol: "http", product: "nginx", version: "1.22.1" }), "nginx 1.22.1");
  assert.equal(
    serviceName({ protocol: "https", product: "nginx", version: "1.22.1" }, "TLSv1.3"),
    "nginx 1.22.1 (HTTPS)",
  );
  assert.equal(serviceName({ protocol: "redis", product: "Redis", version: "7.0.15" }), "Redis 7.0.15");
  assert.equal(serviceName({ protocol: "redis", product: "Valkey", version: "8.0.1" }), "Valkey 8.0.1 (Redis)");
  assert.equal(serviceName({ protocol: "ssh", product: "OpenSSH", version: "9.2p1" }), "OpenSSH 9.2p1 (SSH)");
  assert.equal(serviceName({ protocol: "mariadb", product: "MariaDB", version: "10.11.6" }), "MariaDB 10.11.6");
});

test("without a product it is named by its protocol", () => {
  assert.equal(serviceName({ protocol: "ssh" }), "SSH");
  assert.equal(serviceName({ protocol: "https" }, "TLSv1.3"), "HTTPS");
  assert.equal(serviceName({ protocol: "smb", version: "3.1.1" }), "SMB 3.1.1");
  assert.equal(serviceName({ protocol: "microsoft-ds" }), "microsoft-ds");
});

test("TLS around it is shown with its version", () => {
  assert.equal(serviceName({ protocol: "imap", product: "Dovecot" }, "TLSv1.3"), "Dovecot (IMAP, TLSv1.3)");
  assert.equal(
    serviceName({ protocol: "redis", product: "Redis", version: "7.0.15" }, "TLSv1.3"),
    "Redis 7.0.15 (TLSv1.3)",
  );
});
