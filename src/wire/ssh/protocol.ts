import type { Descriptions } from "../../core/identification.ts";
import { anyOf, protocol } from "../protocol.ts";
import { parse, parseAtOnce, type SshClient } from "./client.ts";
import { hassh, hasshAlgorithms } from "./hassh.ts";

export const ssh = protocol({ name: "ssh", strength: "strong", firstBytes: anyOf("S"), parse: parseAtOnce, describe });

/** The identification after other lines: tried last, because any text could be such a line. */
export const sshAfterLines = protocol({
  name: "ssh",
  strength: "weak",
  firstBytes: (byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0d || byte === 0x0a,
  parse: (bytes) => {
    const outcome = parse(bytes);
    // Half a line of text is no hint of SSH.
    return outcome.kind === "incomplete" ? { kind: "mismatch" } : outcome;
  },
  describe,
});

function describe({ ident, keyExchange }: SshClient): Descriptions {
  return {
    ssh:
      keyExchange === undefined
        ? { ident }
        : { ident, hassh: hassh(keyExchange), hasshAlgorithms: hasshAlgorithms(keyExchange) },
  };
}
