// The single executable alone on a Debian machine without any other part of the product.
import assert from "node:assert/strict";
import { copyFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { artefact, whyNoExecutable } from "../harness/artefacts.ts";
import { bareRoot, whyNoBareRoot } from "../harness/bare-root.ts";

const skip = whyNoExecutable() ?? whyNoBareRoot() ?? false;

/** Scans a port that another process has opened, reports it, and records a connection to a decoy. */
const bothJobs = `
cat > harbinger.yaml <<'END'
watches: { own: { label: Own, targets: [127.0.0.1], ports: 2223, devices: false } }
listeners: { decoy: { host: 127.0.0.1, ports: 2222 } }
reports: { save_to_file: true }
END
until_said() { for i in $(seq 600); do grep -q "$1" "$2" && return; sleep 0.1; done; cat "$2" >&2; exit 1; }
harbinger config check >&2
harbinger listen 2223 > heard 2>&1 & other=$!
until_said 'Listening on' heard
harbinger run 2> log & daemon=$!
until_said 'scan complete' log
bash -c 'exec 3<>/dev/tcp/127.0.0.1/2222; printf "GET /admin HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3 >/dev/null' || true
harbinger healthcheck >&2
kill $daemon; wait $daemon
kill $other; wait $other || true
harbinger hosts --json
harbinger connections --json
ls reports`;

describe("the single executable on a bare machine", { skip }, () => {
  for (const [who, uid] of [
    ["root", 0],
    ["a user without a name and without capabilities", 10001],
  ] as const) {
    test(`scans, reports, listens and records for ${who}`, async () => {
      await using machine = await bareRoot();
      copyFileSync(await artefact("executable"), path.join(machine.path, "usr/local/bin/harbinger"));
      symlinkSync("harbinger", path.join(machine.path, "usr/local/bin/portwatcher"));
      assert.equal((await machine.run(["sh", "-c", "mkdir -m 777 /tmp/work"])).status, 0);
      const options = { uid, directory: "/tmp/work" };
      const { status, stdout, stderr } = await machine.run(["bash", "-euc", bothJobs], options);
      assert.equal(status, 0, stdout + stderr);
      assert.match(stdout, /"address":"127\.0\.0\.1","port":2223/);
      assert.match(stdout, /"protocol":"http".*"path":"\/admin"/);
      assert.match(stdout, /^Own_\d{8}_\d{6}\.txt$/m);
      assert.match((await machine.run(["portwatcher", "--help"], options)).stdout, /PW_NTFY_TOPIC/);
    });
  }
});
