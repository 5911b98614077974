import type { CheckOperands } from "../../../core/check.ts";

/** `http|https` and the path, as the earlier tool's script took them. The options `--tls` and `--url` mean the same. */
export const httpOperands: CheckOperands = {
  usage: "[http|https] [PATH]",
  read(words, given) {
    const options = { ...given };
    let rest = words;
    const scheme = rest[0]?.toLowerCase();
    if (scheme === "http" || scheme === "https") {
      if (scheme === "https") options["tls"] = true;
      rest = rest.slice(1);
    }
    const [path, ...more] = rest;
    if (path?.startsWith("/") === true && options["url"] === undefined) {
      options["url"] = path;
      rest = more;
    }
    return { options, rest };
  },
};
