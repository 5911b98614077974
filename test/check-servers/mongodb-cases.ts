import { hexOf, type ProtocolCase, step } from "./protocol-case.ts";
import { bytes } from "./scripted-server.ts";

// MongoDB OP_MSG replies: { ok: 1.0, ... }.
const mongo = (body: string) => {
  const document = Buffer.from(bytes(body));
  const whole = Buffer.alloc(21 + 4 + document.length + 1);
  whole.writeInt32LE(whole.length, 0);
  whole.writeInt32LE(2013, 12);
  whole.writeInt32LE(document.length + 5, 21);
  document.copy(whole, 25);
  return new Uint8Array(whole);
};
// OP_MSG requests: header (length, request, response to, 2013), flags, section of kind 0, and the command with its $db.
const mongoAsk = (length: string, id: string, size: string, command: string) =>
  bytes(
    `${length}000000 ${id}000000 00000000 dd070000 00000000 00 ${size}000000 ${command} 02 ${hexOf("$db")}00 06000000 ${hexOf("admin")}00 00`,
  );
const askHello = mongoAsk("34", "01", "1f", `10 ${hexOf("hello")}00 01000000`);
const askBuild = mongoAsk("38", "02", "23", `10 ${hexOf("buildInfo")}00 01000000`);
const askDatabases = mongoAsk("47", "03", "32", `10 ${hexOf("listDatabases")}00 01000000 08 ${hexOf("nameOnly")}00 01`);
// OP_QUERY requests: header, flag 4 (any member may answer), collection, skip 0, return -1, and the command.
const oldAsk = (length: string, id: string, size: string, command: string) =>
  bytes(
    `${length}000000 ${id}000000 00000000 d4070000 04000000 ${hexOf("admin.$cmd")}00 00000000 ffffffff ${size}000000 ${command} 00`,
  );
const oldMaster = oldAsk("3a", "01", "13", `10 ${hexOf("isMaster")}00 01000000`);
const oldBuild = oldAsk("3b", "02", "14", `10 ${hexOf("buildInfo")}00 01000000`);
const oldDatabases = oldAsk("4a", "03", "23", `10 ${hexOf("listDatabases")}00 01000000 08 ${hexOf("nameOnly")}00 01`);
// OP_REPLY: header, flag 8, no cursor, from 0, one document.
const oldReply = (body: string) => {
  const content = bytes(body);
  const head = bytes(
    `${hex32(36 + 5 + content.length)} 00000000 01000000 01000000 08000000 ${"00".repeat(8)} 00000000 01000000 ${hex32(5 + content.length)}`,
  );
  return Buffer.concat([head, content, Buffer.from([0])]);
};
const hex32 = (value: number) => `${value.toString(16).padStart(2, "0")}000000`;
const bsonOk = `01 6f6b00 000000000000f03f`;
const bsonNotOk = `01 6f6b00 0000000000000000`;
const mongoHello = mongo(`10 ${hexOf("maxWireVersion")}00 15000000 ${bsonOk}`);
const mongoBuild = mongo(`02 ${hexOf("version")}00 07000000 ${hexOf("7.0.14")}00 ${bsonOk}`);
const mongoDatabases = mongo(
  `04 ${hexOf("databases")}00 1d000000 03 3000 15000000 02 ${hexOf("name")}00 06000000 ${hexOf("admin")}00 00 00 ${bsonOk}`,
);
const mongoUnauthorized = mongo(`${bsonNotOk} 10 ${hexOf("code")}00 0d000000`);

/** Cases of MongoDB, in current messages and those before 3.6. */
export const mongodbCases: Readonly<Record<string, readonly ProtocolCase[]>> = {
  mongodb: [
    {
      title: "a server without authentication",
      scripts: [
        { steps: [step(askHello, mongoHello), step(askBuild, mongoBuild), step(askDatabases, mongoDatabases)] },
      ],
      verdict: "exposed",
      version: "7.0.14",
    },
    {
      title: "a server with authentication",
      scripts: [
        { steps: [step(askHello, mongoHello), step(askBuild, mongoBuild), step(askDatabases, mongoUnauthorized)] },
      ],
      verdict: "protected",
      version: "7.0.14",
    },
    {
      title: "a server before 3.6 without authentication",
      scripts: [
        { steps: [step(askHello, undefined, true)] },
        {
          steps: [
            step(oldMaster, oldReply(`08 ${hexOf("ismaster")}00 01 ${bsonOk}`)),
            step(oldBuild, oldReply(`02 ${hexOf("version")}00 07000000 ${hexOf("2.4.14")}00 ${bsonOk}`)),
            step(oldDatabases, oldReply(bsonOk)),
          ],
        },
      ],
      verdict: "exposed",
      version: "2.4.14",
    },
    {
      title: "a server before 3.6 with authentication, whose errors have no codes",
      scripts: [
        { steps: [step(askHello, undefined, true)] },
        {
          steps: [
            step(oldMaster, oldReply(`08 ${hexOf("ismaster")}00 01 ${bsonOk}`)),
            step(oldBuild, oldReply(`02 ${hexOf("version")}00 07000000 ${hexOf("2.4.14")}00 ${bsonOk}`)),
            step(oldDatabases, oldReply(`${bsonNotOk} 02 ${hexOf("errmsg")}00 0d000000 ${hexOf("unauthorized")}00`)),
          ],
        },
      ],
      verdict: "protected",
    },
  ],
};
