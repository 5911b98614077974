// The content of the container image.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createContainerHost } from "../harness/container-host.ts";
import { containerImage, whyNoContainers } from "../harness/container-image.ts";

describe("the container image", { skip: whyNoContainers() ?? false }, () => {
  test("has no setuid program, and none that its user can change or cannot read", async () => {
    const image = await containerImage();
    await using host = createContainerHost([]);
    const find = async (...words: readonly string[]) =>
      await host.podmanWell(
        ...["run", "--rm", "--no-healthcheck", "--network=none", "--user", "0:0", "--entrypoint", "find"],
        ...[image, ...words],
      );
    assert.equal(await find("/", "-xdev", "-type", "f", "-perm", "/6000"), "");
    const ofProgram = ["/opt/harbinger", "/usr/local/bin", "!", "-type", "l"];
    assert.match(await find(...ofProgram, "-name", "harbinger.js"), /bin\/harbinger\.js/);
    assert.equal(
      await find(...ofProgram, "(", "-perm", "/022", "-o", "!", "-perm", "-004", "-o", "!", "-uid", "0", ")"),
      "",
    );
    for (const name of ["npm", "gcc", "git", "curl"])
      assert.equal(await find("/usr", "-name", name, "-type", "f"), "", name);
  });
});
