import { baseName, type NmapCallOutcome } from "./nmap-call.ts";

/** Programs behind which nmap looks from another network, another machine, or through a proxy. */
const otherPlaces = new Set(
  "ip nsenter unshare chroot proxychains proxychains4 torsocks torify tsocks ssh docker podman kubectl lxc lxc-attach incus machinectl systemd-nspawn".split(
    " ",
  ),
);

/**
 * Options by which nmap asks as a plain connect does not: by an interface, from an address or a port of the user's choice,
 * through a proxy, another host (`-sI`, `-b`) or with IP options.
 */
const otherWays = /^(?:-e|-S|-g|-b|-sI|--source[-_]port|--prox(?:y|ies)|--ip-options)/;

/**
 * Whether a handshake from here asks the same as the command line. Where the line is too complex to tell, it counts as a
 * look from elsewhere: what is open over there must not be called closed because it is not open here.
 */
export function looksFromHere(found: NmapCallOutcome): boolean {
  if (found.kind === "unclear") return false;
  const { before, args } = found.call;
  return !before.some((word) => otherPlaces.has(baseName(word.text))) && !args.some((arg) => otherWays.test(arg.text));
}
