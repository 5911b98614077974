import type { ImportedService } from "../../core/imported.ts";
import { type AddressRange, AddressSet } from "../../core/network.ts";
import type { Port } from "../../core/ports.ts";
import type { Watch } from "../../core/watch.ts";
import { readTargetFile } from "../../outbound/scan/targets/target-file.ts";
import { parseTarget } from "../../outbound/scan/targets/target-syntax.ts";

/** The targets of a watch, as far as they are known without a lookup. `anywhere`: only its ports are known. */
type KnownTargets = "anywhere" | { readonly targets: AddressSet; readonly exclude: AddressSet };

/**
 * The watches that cover a service, by port and address. If the targets come from a command or a host name, only the port
 * counts: it does no harm if a watch inherits a host that it never sees.
 */
export async function watchesOfService(
  watches: readonly Watch[],
): Promise<(service: Pick<ImportedService, "address" | "port">) => readonly string[]> {
  const byPort = new Map<Port, { readonly name: string; readonly known: KnownTargets }[]>();
  for (const { name, ports, scan } of watches) {
    const known: KnownTargets =
      scan.targets === undefined ? "anywhere" : await knownTargetsOf(scan.targets, scan.exclude ?? []);
    for (const port of ports) {
      const others = byPort.get(port);
      if (others === undefined) byPort.set(port, [{ name, known }]);
      else others.push({ name, known });
    }
  }
  return ({ address, port }) =>
    (byPort.get(port) ?? [])
      .filter(({ known }) => known === "anywhere" || (known.targets.has(address) && !known.exclude.has(address)))
      .map(({ name }) => name);
}

async function knownTargetsOf(targets: readonly string[], exclude: readonly string[]): Promise<KnownTargets> {
  const looked = await rangesOf(targets);
  // An excluded name may be any address, so it is ignored here.
  const left = (await rangesOf(exclude)).ranges;
  return looked.isWhole ? { targets: new AddressSet(looked.ranges), exclude: new AddressSet(left) } : "anywhere";
}

async function rangesOf(
  texts: readonly string[],
): Promise<{ readonly ranges: AddressRange[]; readonly isWhole: boolean }> {
  const ranges: AddressRange[] = [];
  let isWhole = true;
  for (const text of texts) {
    const target = parseTarget(text);
    if (target.kind === "range") ranges.push(target.range);
    else if (target.kind === "file") {
      const file = await readTargetFile(target.path);
      if (file.kind === "bad") isWhole = false;
      else {
        const inside = await rangesOf(file.targets.map((each) => each.text).filter((each) => !each.startsWith("@")));
        for (const range of inside.ranges) ranges.push(range);
        isWhole &&= inside.isWhole;
      }
    } else isWhole = false;
  }
  return { ranges, isWhole };
}
