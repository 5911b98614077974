import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { audiencesOf } from "./audiences.ts";

const mailOnly = { mail: "mail", file: "file", saveToFile: false };
const both = { ...mailOnly, saveToFile: true };

function watch(name: string, label: string, ...recipients: string[]) {
  return { name, label, recipients };
}

describe("audiencesOf", () => {
  test("joins several watches of one label and one address into one mail", () => {
    const watches = [
      watch("port_ssh", "Network Security", "security@company.com"),
      watch("port_https", "Network Security", "security@company.com"),
    ];
    const mail = {
      label: "Network Security",
      channel: "mail",
      recipient: "security@company.com",
      watches: ["port_ssh", "port_https"],
    };
    assert.deepEqual(audiencesOf(watches, mailOnly), [mail]);
    assert.deepEqual(audiencesOf(watches, both), [mail, { ...mail, channel: "file" }]);
  });

  test("sends separate mails where one label has different addresses, each with a file of its own", () => {
    const watches = [
      watch("port_ssh", "Network Security", "security@company.com"),
      watch("port_rdp", "Network Security", "admin@company.com"),
    ];
    assert.deepEqual(audiencesOf(watches, both), [
      { label: "Network Security", channel: "mail", recipient: "security@company.com", watches: ["port_ssh"] },
      { label: "Network Security", channel: "mail", recipient: "admin@company.com", watches: ["port_rdp"] },
      { label: "Network Security", channel: "file", recipient: "security@company.com", watches: ["port_ssh"] },
      { label: "Network Security", channel: "file", recipient: "admin@company.com", watches: ["port_rdp"] },
    ]);
  });

  test("keeps a file for a watch without an address, whether or not files are configured", () => {
    const watches = [watch("port_dns", "Internal Monitoring")];
    const file = { label: "Internal Monitoring", channel: "file", recipient: "", watches: ["port_dns"] };
    assert.deepEqual(audiencesOf(watches, mailOnly), [file]);
    assert.deepEqual(audiencesOf(watches, both), [file]);
  });

  test("separates report-only watches from mailed ones under the same label", () => {
    const watches = [watch("a", "L", "x@example.org"), watch("b", "L")];
    assert.deepEqual(audiencesOf(watches, mailOnly), [
      { label: "L", channel: "mail", recipient: "x@example.org", watches: ["a"] },
      { label: "L", channel: "file", recipient: "", watches: ["b"] },
    ]);
  });

  test("gives each of several recipients a mail of its own, and one file to those who read the same watches", () => {
    const watches = [
      watch("a", "L", "zoe@example.org", "ann@example.org"),
      watch("b", "L", "ann@example.org", "zoe@example.org", "bob@example.org"),
      watch("c", "L", "bob@example.org"),
    ];
    assert.deepEqual(audiencesOf(watches, both), [
      { label: "L", channel: "mail", recipient: "zoe@example.org", watches: ["a", "b"] },
      { label: "L", channel: "mail", recipient: "ann@example.org", watches: ["a", "b"] },
      { label: "L", channel: "mail", recipient: "bob@example.org", watches: ["b", "c"] },
      { label: "L", channel: "file", recipient: "ann@example.org, zoe@example.org", watches: ["a", "b"] },
      { label: "L", channel: "file", recipient: "bob@example.org", watches: ["b", "c"] },
    ]);
  });

  test("does not mix labels of the same recipient", () => {
    const watches = [watch("a", "L", "x@example.org"), watch("b", "M", "x@example.org")];
    assert.deepEqual(
      audiencesOf(watches, mailOnly).map(({ label, watches }) => [label, watches]),
      [
        ["L", ["a"]],
        ["M", ["b"]],
      ],
    );
  });

  test("keeps files where mail cannot be sent, so that no report is lost", () => {
    const watches = [watch("a", "L", "x@example.org")];
    assert.deepEqual(audiencesOf(watches, { file: "file", saveToFile: false }), [
      { label: "L", channel: "file", recipient: "x@example.org", watches: ["a"] },
    ]);
  });

  test("counts a repeated recipient once", () => {
    const watches = [watch("a", "L", "x@example.org", "x@example.org")];
    assert.deepEqual(audiencesOf(watches, mailOnly), [
      { label: "L", channel: "mail", recipient: "x@example.org", watches: ["a"] },
    ]);
  });

  test("pushes the watches of a label that name a channel to it, in one message", () => {
    const pushTargets = new Map([
      ["ntfy", { channel: "ntfy" as const, recipient: "my-topic" }],
      ["slack", { channel: "webhook" as const, recipient: "slack" }],
    ]);
    const watches = [
      { ...watch("a", "L", "x@example.org"), notify: ["ntfy", "slack"] },
      { ...watch("b", "L"), notify: ["ntfy"] },
      { ...watch("c", "M"), notify: ["slack", "unknown"] },
    ];
    const audiences = audiencesOf(watches, { ...mailOnly, pushTargets });
    assert.deepEqual(audiences, [
      { label: "L", channel: "mail", recipient: "x@example.org", watches: ["a"] },
      { label: "L", channel: "ntfy", recipient: "my-topic", watches: ["a", "b"] },
      { label: "L", channel: "webhook", recipient: "slack", watches: ["a"] },
      { label: "M", channel: "webhook", recipient: "slack", watches: ["c"] },
    ]);
    const files = audiencesOf(watches, { ...both, pushTargets }).filter(({ channel }) => channel === "file");
    assert.deepEqual(
      files.map(({ recipient, watches: names }) => [recipient, names]),
      [
        ["x@example.org", ["a"]],
        ["", ["b"]],
        ["", ["c"]],
      ],
    );
  });

  test("keeps a file of a watch whose only channels are not configured", () => {
    assert.deepEqual(audiencesOf([{ ...watch("a", "L"), notify: ["ntfy"] }], mailOnly), [
      { label: "L", channel: "file", recipient: "", watches: ["a"] },
    ]);
  });

  test("gives each watch an audience, none twice, whatever the order of recipients", () => {
    const recipients = fc.uniqueArray(fc.constantFrom("a@x", "b@x", "c@x"), { maxLength: 3 });
    const someWatches = fc
      .array(fc.record({ label: fc.constantFrom("L", "M"), recipients }), { maxLength: 6 })
      .map((list) => list.map((entry, index) => ({ ...entry, name: `w${index}` })));
    fc.assert(
      fc.property(someWatches, fc.constantFrom("mail", undefined), fc.boolean(), (watches, mail, saveToFile) => {
        const options = { mail, file: "file", saveToFile };
        const audiences = audiencesOf(watches, options);
        const identities = audiences.map(({ label, channel, recipient }) =>
          JSON.stringify([label, channel, recipient]),
        );
        assert.equal(new Set(identities).size, identities.length);
        for (const { name, label, recipients } of watches) {
          assert.ok(audiences.some((audience) => audience.watches.includes(name)));
          for (const recipient of mail === undefined ? [] : recipients) {
            const own = audiences.find((a) => a.channel === "mail" && a.label === label && a.recipient === recipient);
            assert.ok(own?.watches.includes(name));
          }
        }
        const reversed = watches.map((entry) => ({ ...entry, recipients: [...entry.recipients].reverse() }));
        const again = audiencesOf(reversed, options);
        const files = (list: typeof audiences) =>
          list
            .filter((audience) => audience.channel === "file")
            .map((audience) => JSON.stringify(audience))
            .sort();
        assert.deepEqual(files(again), files(audiences));
      }),
    );
  });
});
