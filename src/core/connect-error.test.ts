import assert from "node:assert/strict";
import { test } from "node:test";
import { describeLocalError, isGeneralShortage, isShortage, probeStateOf } from "./connect-error.ts";

test("a refusal is closed, the system's time-out is filtered", () => {
  assert.equal(probeStateOf("ECONNREFUSED", true), "closed");
  assert.equal(probeStateOf("ETIMEDOUT", true), "filtered");
});

test("a connection that was reset after the handshake is open", () => {
  assert.equal(probeStateOf("ECONNRESET", true), "open");
});

test("an error from the network is unreachable", () => {
  for (const code of ["EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "EACCES"])
    assert.equal(probeStateOf(code, true), "unreachable");
});

test("an error of this machine is never read as closed", () => {
  const local = [
    "ENETUNREACH",
    "EHOSTUNREACH",
    "EACCES",
    "EPERM",
    "EINVAL",
    "ENETDOWN",
    "EAFNOSUPPORT",
    "EADDRNOTAVAIL",
    "EMFILE",
    "ENFILE",
    "ENOBUFS",
    "ENOMEM",
    "EAGAIN",
    "ESOMETHINGNEW",
  ];
  for (const code of local) assert.equal(probeStateOf(code, false), "local-error", code);
  assert.equal(probeStateOf("EPERM", true), "local-error");
});

test("shortages are recognised, and which of them do not depend on the destination", () => {
  for (const code of ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"])
    assert.ok(isShortage(code) && isGeneralShortage(code), code);
  for (const code of ["EADDRNOTAVAIL", "EAGAIN"]) assert.ok(isShortage(code) && !isGeneralShortage(code), code);
  assert.ok(!isShortage("ECONNREFUSED") && !isShortage("ENETUNREACH"));
});

test("a report explains the code", () => {
  assert.match(describeLocalError("EMFILE"), /too many open files.*EMFILE/);
  assert.match(describeLocalError("ENETUNREACH"), /no route.*ENETUNREACH/);
  assert.match(describeLocalError("EWHATEVER"), /EWHATEVER/);
});
