import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { localTime } from "../../present/text/local-time.ts";
import { reportFileName } from "./file-name.ts";

const utc = localTime("UTC");
const at = Date.UTC(2024, 8, 25, 14, 30, 22);

describe("reportFileName", () => {
  test("is the label, the date and the time, with underscores for spaces", () => {
    assert.equal(reportFileName("Network Security", at, utc), "Network_Security_20240925_143022.txt");
  });

  test("replaces characters that are special on some system", () => {
    assert.equal(
      reportFileName('a/b\\c:d*e?f"g<h>i|j\u0000k\nl', at, utc),
      "a_b_c_d_e_f_g_h_i_j_k_l_20240925_143022.txt",
    );
    assert.equal(reportFileName("../../etc/passwd", at, utc), "___.._etc_passwd_20240925_143022.txt");
  });

  test("keeps letters of every language", () => {
    assert.equal(reportFileName("Büro 東京", at, utc), "Büro_東京_20240925_143022.txt");
  });

  test("is always one visible name that fits a file system, whatever the label", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (label) => {
        const name = reportFileName(label, at, utc);
        assert.equal(path.posix.basename(name), name);
        assert.equal(path.win32.basename(name), name);
        assert.doesNotMatch(name, /^[.-]|[\s/\\:*?"<>|\p{C}]/u);
        assert.match(name, /_20240925_143022\.txt$/);
        assert.ok(Buffer.byteLength(name) <= 240);
      }),
    );
  });
});

describe("localTime", () => {
  test("shows the wall clock of its zone, across a change to summer time", () => {
    const berlin = localTime("Europe/Berlin");
    assert.equal(berlin.stamp(Date.UTC(2026, 2, 29, 0, 59, 59)), "2026-03-29 01:59:59");
    assert.equal(berlin.stamp(Date.UTC(2026, 2, 29, 1, 0, 0)), "2026-03-29 03:00:00");
    assert.equal(utc.precise(Date.UTC(2026, 0, 2, 0, 4, 5, 7)), "2026-01-02T00:04:05.007000");
  });

  test("uses the zone of the system by default", () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    assert.equal(localTime().stamp(at), localTime(zone).stamp(at));
  });
});
