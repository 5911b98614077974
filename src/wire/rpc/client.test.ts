import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

// The request of `rpcinfo -p`: the port mapper's list.
const dump = hex("80000028 4f3a2b1c 00000000 00000002 000186a0 00000002 00000004 00000000 00000000 00000000 00000000");
const exportList = joined(
  hex("80000048 00000001 00000000 00000002 000186a5 00000003 00000005 00000001 00000020 00000000 00000007"),
  text("desk-07"),
  hex("00 000003e8 000003e8 00000001 00000000 00000000 00000000"),
);

// The first request of `showmount -e` over TCP: the port of mountd.
const getPort = hex(
  "80000038 00000001 00000000 00000002 000186a0 00000002 00000003 00000000 00000000 00000000 00000000 000186a5 00000003 00000006 00000000",
);
const getAddress = joined(
  hex("80000044 00000001 00000000 00000002 000186a0 00000004 00000003 00000000 00000000 00000000 00000000"),
  hex("000186a5 00000003 00000004"),
  text("tcp6"),
  hex("00000000 00000004"),
  text("root"),
);

describe("rpc", () => {
  test("a call shows program, version and procedure", () => {
    assert.deepEqual(parse(dump), match({ program: "portmapper", programVersion: 2, procedure: "DUMP" }));
  });

  test("AUTH_SYS shows the client's name and user", () => {
    assert.deepEqual(
      parse(exportList),
      match({ program: "mountd", programVersion: 3, procedure: "EXPORT", machine: "desk-07", userId: 1000 }),
    );
  });

  test("GETPORT shows the requested program", () => {
    const found = { program: "portmapper", programVersion: 2, procedure: "GETPORT" };
    const sought = { soughtProgram: "mountd", soughtVersion: 3, soughtTransport: "tcp" };
    assert.deepEqual(parse(getPort), match({ ...found, ...sought }));
  });

  test("GETADDR of versions 3 and 4 does the same, with the name of the transport", () => {
    const found = { program: "portmapper", programVersion: 4, procedure: "GETADDR" };
    const sought = { soughtProgram: "mountd", soughtVersion: 3, soughtTransport: "tcp6" };
    assert.deepEqual(parse(getAddress), match({ ...found, ...sought }));
    const version3 = parse(getAddress.with(23, 3));
    assert.equal(version3.kind === "match" && version3.value.procedure, "GETADDR");
  });

  test("the same number means another procedure in another version", () => {
    const procedures = [2, 3, 4].map((version) => {
      const outcome = parse(getPort.with(23, version).with(27, 5));
      return outcome.kind === "match" && outcome.value.procedure;
    });
    assert.deepEqual(procedures, ["CALLIT", "CALLIT", "BCAST"]);
  });

  test("a program without a name is shown by its number", () => {
    const outcome = parse(joined(getPort.subarray(0, 44), hex("20000001"), getPort.subarray(48)));
    assert.equal(outcome.kind === "match" && outcome.value.soughtProgram, "536870913");
  });

  test("an answer, memcached and an SSLv2 ClientHello are something else", () => {
    assert.equal(parse(dump.with(11, 1)).kind, "mismatch");
    assert.equal(parse(hex("800b0000 00000000 00000000 00000000 0000000000000000")).kind, "mismatch");
    assert.equal(parse(hex("802e0100 02001500 00001007 00c00300 80010080")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [dump, exportList, getPort, getAddress] });
});
