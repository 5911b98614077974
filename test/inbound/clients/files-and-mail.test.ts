import assert from "node:assert/strict";
import { password, type RealClient, testClients } from "./real-client.ts";

const smbclient = ["--configfile=/dev/null", "-p", "PORT", "-N", "-L", "//127.0.0.1"];
const ldapsearch = ["-H", "ldap://127.0.0.1:PORT", "-o", "nettimeout=20", "-b", "dc=example"];
const curl = ["--disable", "--noproxy", "*", "--silent", "--max-time", "20"];

const files: readonly RealClient[] = [
  {
    does: "smbclient negotiates",
    program: "smbclient",
    words: smbclient,
    expect: ({ identification: { protocol, smb } }) => {
      assert.equal(protocol, "smb");
      assert.deepEqual([smb?.version, smb?.command], [2, "negotiate"]);
      assert.deepEqual(smb?.dialects, ["2.0.2", "2.1", "3.0", "3.0.2", "3.1.1"]);
      assert.match(smb?.clientGuid ?? "", /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    },
  },
  {
    does: "smbclient logs in",
    program: "smbclient",
    words: ["--configfile=/dev/null", "-p", "PORT", "-U", `CORP\\alice%${password}`, "-L", "//127.0.0.1"],
    expect: ({ identification: { protocol, smb, maskedBytes } }) => {
      assert.deepEqual([protocol, smb?.user, smb?.domain], ["smb", "alice", "CORP"]);
      assert.ok((maskedBytes ?? 0) > 0, "what proves the user is masked");
    },
  },
  {
    does: "smbclient negotiates SMB 1",
    program: "smbclient",
    words: [...smbclient, "--option=client min protocol=NT1", "--option=client max protocol=NT1"],
    expect: ({ identification: { protocol, smb } }) => {
      assert.equal(protocol, "smb");
      assert.deepEqual([smb?.version, smb?.command, smb?.clientGuid], [1, "negotiate", undefined]);
      assert.ok(smb?.dialects.includes("NT LM 0.12"), smb?.dialects.join());
    },
  },
  {
    does: "ftp logs in",
    program: "tnftp",
    words: ["-V", `ftp://alice:${password}@127.0.0.1:PORT/secret.txt`],
    banner: "ftp",
    expect: ({ identification: { protocol, ftp }, phase }) => {
      assert.deepEqual([protocol, phase], ["ftp", "after-banner"]);
      assert.deepEqual(ftp, { command: "USER", user: "alice", following: ["PASS", "QUIT"] });
    },
  },
  {
    does: "git requests a repository",
    program: "git",
    words: ["ls-remote", "git://127.0.0.1:PORT/team/secret.git"],
    environment: { GIT_CONFIG_NOSYSTEM: "1" },
    expect: ({ identification: { protocol, git }, local }) => {
      assert.equal(protocol, "git");
      assert.deepEqual(git, {
        service: "git-upload-pack",
        path: "/team/secret.git",
        host: `127.0.0.1:${local.port}`,
        protocolVersion: "2",
      });
    },
  },
  {
    does: "rsync requests a module, and logs in",
    program: "rsync",
    words: ["--timeout=20", "rsync://alice@127.0.0.1:PORT/backup/"],
    environment: { RSYNC_PASSWORD: password },
    expect: ({ identification: { protocol, rsync } }) => {
      assert.equal(protocol, "rsync");
      assert.match(String(rsync?.["version"]), /^\d\d\.\d$/);
      assert.deepEqual([rsync?.["module"], rsync?.["user"]], ["backup", "alice"]);
    },
  },
  {
    does: "ldapsearch binds",
    program: "ldapsearch",
    words: [...ldapsearch, "-x", "-D", "cn=admin,dc=example", "-w", password],
    expect: ({ identification: { protocol, ldap } }) => {
      assert.equal(protocol, "ldap");
      const facts = { version: 3, name: "cn=admin,dc=example", authentication: "simple" };
      assert.deepEqual(ldap, { operation: "bind", ...facts });
    },
  },
  {
    does: "ldapsearch requests encryption",
    program: "ldapsearch",
    words: [...ldapsearch, "-x", "-ZZ"],
    expect: ({ identification: { protocol, ldap } }) => {
      assert.equal(protocol, "ldap");
      assert.deepEqual(ldap, { operation: "extended", oid: "1.3.6.1.4.1.1466.20037", startTls: true });
    },
  },
];

testClients("a decoy names what people look for files and names with", files);

const mail: readonly RealClient[] = [
  {
    does: "curl sends a mail",
    program: "curl",
    words: [
      ...curl,
      ...["--mail-from", "a@decoy.example", "--mail-rcpt", "b@decoy.example", "--mail-rcpt", "c@decoy.example"],
      ...["-T", "/etc/hostname", "smtp://127.0.0.1:PORT/mail.decoy.example"],
    ],
    banner: "smtp",
    expect: ({ identification: { protocol, smtp } }) => {
      assert.equal(protocol, "smtp");
      assert.deepEqual(smtp, {
        command: "EHLO",
        name: "mail.decoy.example",
        following: ["MAIL", "RCPT", "RCPT", "DATA", "QUIT"],
        from: "a@decoy.example",
        to: "b@decoy.example",
        recipients: ["b@decoy.example", "c@decoy.example"],
      });
    },
  },
  {
    does: "swaks logs in to send a mail",
    program: "swaks",
    words: [
      ...[
        "--server",
        "127.0.0.1:PORT",
        "--helo",
        "client.example",
        "--to",
        "b@decoy.example",
        "--from",
        "a@decoy.example",
      ],
      ...["--auth", "LOGIN", "--auth-user", "alice", "--auth-password", password],
    ],
    banner: "smtp",
    expect: ({ identification: { protocol, smtp } }) => {
      assert.equal(protocol, "smtp");
      assert.deepEqual([smtp?.["name"], smtp?.["mechanism"], smtp?.["user"]], ["client.example", "LOGIN", "alice"]);
    },
  },
  {
    does: "curl reads mail by IMAP",
    program: "curl",
    words: [...curl, "--user", `alice:${password}`, "imap://127.0.0.1:PORT/INBOX"],
    banner: "imap",
    expect: ({ identification: { protocol, imap } }) => {
      assert.equal(protocol, "imap");
      assert.deepEqual(imap, {
        tag: "A001",
        command: "CAPABILITY",
        following: ["AUTHENTICATE"],
        mechanism: "PLAIN",
        user: "alice",
      });
    },
  },
  {
    does: "curl reads mail by POP3",
    program: "curl",
    words: [...curl, "--user", `alice:${password}`, "pop3://127.0.0.1:PORT/1"],
    banner: "pop3",
    expect: ({ identification: { protocol, pop3 } }) => {
      assert.equal(protocol, "pop3");
      assert.deepEqual(pop3, { command: "CAPA", following: ["AUTH"], mechanism: "PLAIN", user: "alice" });
    },
  },
  {
    does: "logger sends a message to syslog",
    program: "logger",
    words: ["-n", "127.0.0.1", "-P", "PORT", "--tcp", "-t", "decoytest", "hello"],
    expect: ({ identification: { protocol, syslog } }) => {
      assert.equal(protocol, "syslog");
      assert.deepEqual(
        [syslog?.["facility"], syslog?.["severity"], syslog?.["program"]],
        ["user", "notice", "decoytest"],
      );
    },
  },
  {
    does: "curl queries a dictionary",
    program: "curl",
    words: [...curl, "dict://127.0.0.1:PORT/d:hello"],
    expect: ({ identification: { protocol, dict } }) => {
      assert.equal(protocol, "dict");
      assert.deepEqual([dict?.["database"], dict?.["word"]], ["!", "hello"]);
    },
  },
  {
    does: "curl logs in to a page",
    program: "curl",
    words: [...curl, "--user", `alice:${password}`, "http://127.0.0.1:PORT/"],
    expect: ({ identification: { http } }) => {
      assert.deepEqual([http?.authorization, http?.user], ["basic", "alice"]);
    },
  },
  {
    does: "cvs logs in",
    program: "cvs",
    words: ["-d", `:pserver:alice:${password}@127.0.0.1:PORT/cvsroot`, "login"],
    expect: ({ identification: { protocol, cvs, maskedBytes } }) => {
      assert.equal(protocol, "cvs");
      assert.deepEqual(cvs, { request: "VERIFICATION", repository: "/cvsroot", user: "alice" });
      assert.equal(maskedBytes, password.length);
    },
  },
  {
    does: "curl requests a stream",
    program: "curl",
    words: [...curl, "-A", "probe/1", "rtsp://127.0.0.1:PORT/camera"],
    expect: ({ identification: { protocol, rtsp } }) => {
      assert.equal(protocol, "rtsp");
      assert.deepEqual(rtsp, { method: "OPTIONS", url: "*", version: "1.0", userAgent: "probe/1" });
    },
  },
  {
    does: "sipsak queries a telephone",
    program: "sipsak",
    words: ["-E", "tcp", "-H", "127.0.0.1", "-s", "sip:alice@127.0.0.1:PORT"],
    expect: ({ identification: { protocol, sip } }) => {
      assert.equal(protocol, "sip");
      assert.deepEqual([sip?.["method"], sip?.["to"]], ["OPTIONS", sip?.["uri"]]);
      assert.match(String(sip?.["uri"]), /^sip:alice@127\.0\.0\.1:\d+$/);
      assert.match(String(sip?.["userAgent"]), /^sipsak /);
      assert.match(String(sip?.["from"]), /^sip:sipsak@127\.0\.0\.1[:;]/);
      assert.match(String(sip?.["callId"]), /@127\.0\.0\.1$/);
    },
  },
];

testClients("a decoy names what people write and call each other with", mail);
