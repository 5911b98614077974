import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../test/wire/equal-facts.ts";
import {
  chooseAgain,
  chooseFile,
  describeChoice,
  isFoundByDefault,
  loadOptions,
  type Presence,
} from "./choose-file.ts";

const system = "/etc/harbinger/harbinger.yaml";

function withFiles(files: Readonly<Record<string, Presence>>, platform: NodeJS.Platform = "linux") {
  return { option: undefined, environment: {}, platform, look: (file: string) => files[file] ?? "absent" };
}

describe("the choice of the configuration file", () => {
  const all = withFiles({ "harbinger.yaml": "there", [system]: "there" });

  test("takes --config, then HARBINGER_CONFIG, then the working directory, then the file of the machine", () => {
    const environment = { HARBINGER_CONFIG: "b.yaml" };
    assert.deepEqual(chooseFile({ ...all, option: "a.yaml", environment }), { by: "option", file: "a.yaml" });
    assert.deepEqual(chooseFile({ ...all, environment }), { by: "environment", file: "b.yaml" });
    assert.deepEqual(chooseFile({ ...all, environment: { HARBINGER_CONFIG: "" } }), {
      by: "working-directory",
      file: "harbinger.yaml",
    });
    assert.deepEqual(chooseFile(withFiles({ [system]: "there" })), {
      by: "system",
      file: system,
      folder: "/var/lib/harbinger",
    });
    assert.deepEqual(chooseFile(withFiles({})), { by: "built-in", file: "harbinger.yaml" });
  });

  test("looks for the file of the machine in folders of root only", () => {
    const local = "/usr/local/etc/harbinger/harbinger.yaml";
    const files = { [system]: "there", [local]: "there" } as const;
    assert.equal(chooseFile(withFiles(files, "freebsd")).file, local);
    for (const platform of ["darwin", "win32", "openbsd"] as const) {
      assert.equal(chooseFile(withFiles(files, platform)).by, "built-in");
    }
  });

  test("skips a working directory without access, but not a hidden file of the machine", () => {
    assert.equal(chooseFile(withFiles({ "harbinger.yaml": "hidden", [system]: "hidden" })).by, "system");
    assert.equal(chooseFile(withFiles({ "harbinger.yaml": "hidden" })).by, "built-in");
  });

  test("requires a named file to exist, and the file of the machine once it was found", () => {
    equalFacts(loadOptions(chooseFile({ ...all, option: "a.yaml" })), { file: "a.yaml", explicit: true });
    equalFacts(loadOptions(chooseFile(all)), { file: "harbinger.yaml", explicit: false });
    const work = { file: system, explicit: true, workFolder: "/var/lib/harbinger" };
    equalFacts(loadOptions(chooseFile(withFiles({ [system]: "there" }))), work);
  });

  test("reads the same file again on a reload, even if other files were added", () => {
    assert.equal(chooseAgain(system, all).by, "system");
    assert.deepEqual(chooseAgain(system, { ...all, option: system }), { by: "option", file: system });
    assert.equal(loadOptions(chooseAgain("harbinger.yaml", withFiles({ [system]: "there" }))).file, "harbinger.yaml");
    assert.equal(chooseAgain(undefined, all).by, "working-directory");
  });

  test("detects which files commands find without --config", () => {
    assert.deepEqual(
      ["harbinger.yaml", "./harbinger.yaml", system, "/etc/harbinger/../harbinger/harbinger.yaml", "other.yaml"].map(
        (file) => isFoundByDefault(file, "linux"),
      ),
      [true, true, true, true, false],
    );
    assert.equal(isFoundByDefault(system, "darwin"), false);
  });

  test("is described with the reason", () => {
    assert.equal(
      describeChoice(chooseFile(withFiles({ [system]: "there" }))),
      `${system}, the configuration of the machine; the working directory has no file`,
    );
    assert.equal(describeChoice(chooseFile(withFiles({}))), "the built-in default; there is no file");
  });
});
