import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { explainMailFailure } from "./explain.ts";
import { isIndependentOfMessage, isPermanent, readMailError } from "./mail-error.ts";
import type { SmtpLogin } from "./smtp-session.ts";

const password: SmtpLogin = { user: "me@example.org", password: "pw" };
const token: SmtpLogin = { user: "me@example.org", accessToken: "at" };

const cases: readonly [string, string, string, SmtpLogin | undefined, RegExp][] = [
  [
    "Microsoft 365: passwords are off",
    "AUTH LOGIN",
    "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [FR0P281CA0001.DEUP281.PROD.OUTLOOK.COM]",
    password,
    /disabled password logins: replace password with oauth2: \{ provider: microsoft365/,
  ],
  [
    "Microsoft 365: SMTP is off for the mailbox",
    "AUTH ACCESS-TOKEN",
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled",
    token,
    /for this mailbox; enable it: Microsoft 365 admin center.*Authenticated SMTP/,
  ],
  [
    "Microsoft 365: SMTP is off for the tenant",
    "AUTH LOGIN",
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled",
    password,
    /whole tenant; enable it: Exchange admin center, Settings, Mail flow/,
  ],
  [
    "Microsoft 365: security defaults",
    "AUTH LOGIN",
    "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
    password,
    /security defaults.*provider: microsoft365/,
  ],
  [
    "Microsoft 365: token",
    "AUTH ACCESS-TOKEN",
    "535 5.7.3 Authentication unsuccessful",
    token,
    /SMTP\.SendAsApp.*Full Access/,
  ],
  [
    "Microsoft 365: password",
    "AUTH LOGIN",
    "535 5.7.3 Authentication unsuccessful",
    password,
    /wrong username or password/,
  ],
  [
    "Microsoft 365: no login",
    "MAIL FROM",
    "530 5.7.57 Client not authenticated to send mail.",
    undefined,
    /only after a login: set email\.username and email\.oauth2/,
  ],
  [
    "Microsoft 365: another sender",
    "DATA",
    "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    token,
    /may not send as email\.from_address.*Delegation/,
  ],
  [
    "Microsoft 365: another sender, newer reply",
    "DATA",
    "554 5.2.252 SendAsDenied; me@example.org not allowed to send as you@example.org; STOREDRV.Submission.Exception:SendAsDeniedException",
    token,
    /may not send as email\.from_address/,
  ],
  [
    "Google: password",
    "AUTH PLAIN",
    "535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials x - gsmtp",
    password,
    /app password \(Google Account.*provider: google/,
  ],
  [
    "Google: token",
    "AUTH ACCESS-TOKEN",
    "535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials x - gsmtp",
    token,
    /email\.username the account that granted.*https:\/\/mail\.google\.com\//,
  ],
  [
    "Google: app password required",
    "AUTH PLAIN",
    "534-5.7.9 Application-specific password required. For more information, go to\n534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor x - gsmtp",
    password,
    /account passwords here: create an app password/,
  ],
  [
    "Google: browser",
    "AUTH PLAIN",
    "534-5.7.14 <https://accounts.google.com/signin/continue> Please log in",
    password,
    /in the browser/,
  ],
  [
    "Google: too many logins",
    "AUTH PLAIN",
    "454 4.7.0 Too many login attempts, please try again later.",
    password,
    /accepts no logins now/,
  ],
  ["Google: daily limit", "DATA", "550 5.4.5 Daily user sending limit exceeded.", token, /reached its sending limit/],
];
for (const [name, command, response, login, words] of cases) {
  test(`${name}: the explanation says what to do, and the mail waits`, () => {
    const error = Object.assign(new Error("x"), { command, response, responseCode: Number(response.slice(0, 3)) });
    const explained = explainMailFailure(error, {
      host: "smtp.example.org",
      port: 587,
      tls: "starttls",
      login,
    });

    assert.match(explained, words);
    assert.match(explained, /^mail server smtp\.example\.org:587: .*The server replied: \d{3}/s);
    assert.equal(isPermanent(readMailError(error)), false);
    assert.equal(isIndependentOfMessage(readMailError(error)), true);
  });
}

test("a long reply that is made for slow matching is explained in linear time", () => {
  fc.assert(
    fc.property(fc.constantFrom("535 5.7.139 ", "535-5.7.8 ", "454 4.7.0 ", "554 "), fc.string(), (start, part) => {
      const error = Object.assign(new Error("x"), {
        command: "AUTH LOGIN",
        responseCode: Number(start.slice(0, 3)),
        response: start + `${part}basic authentication is \n`.repeat(3000),
      });
      const before = process.threadCpuUsage();
      explainMailFailure(error, { host: "h", port: 587, tls: "starttls", login: password });
      assert.ok(process.threadCpuUsage(before).user < 5_000_000);
    }),
    { numRuns: 50 },
  );
});
