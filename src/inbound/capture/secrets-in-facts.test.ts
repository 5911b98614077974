import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutSecretFacts } from "./secrets-in-facts.ts";

/** What is left of the user name `user` if `password` was sent as well. */
function shownUser(user: string, password: string): unknown {
  const payload = Buffer.from(`USER ${user}\r\nPASS ${password}\r\n`);
  const start = payload.length - 2 - Buffer.byteLength(password);
  const { ftp } = withoutSecretFacts({ protocol: "ftp", complete: true, ftp: { user } }, payload, [
    { start, end: payload.length - 2 },
  ]);
  return ftp?.["user"];
}

test("a fact is cut where a secret begins", () => {
  assert.equal(shownUser("bob PASS hunter2", "hunter2"), "bob PASS");
  assert.equal(shownUser("bob PASS HUNTER2", "hunter2"), "bob PASS");
});

test("a secret that is part of an earlier word is found where it is alone", () => {
  assert.equal(shownUser("xhunter2 PASS hunter2", "hunter2"), "xhunter2 PASS");
});

test("letters that are longer in lower case do not move the cut", () => {
  assert.equal(shownUser("\u0130\u0130\u0130 PASS hunter2", "hunter2"), "\u0130\u0130\u0130 PASS");
});

test("a user named like the password is kept", () => {
  assert.equal(shownUser("hunter2", "hunter2"), "hunter2");
});
