/** What pages show of the address of a source. */
import { Badge, isLong, OnNarrow, OnWide } from "./parts.tsx";
import { link, sourceLink } from "./router.ts";
import { useProgram } from "./state.ts";

interface SourceProps {
  readonly address: string;
  /** It is also a host or a device that scans know. */
  readonly known?: boolean | undefined;
}

/** The address of a source, which leads to its page, and whose it is. */
export function Source({ address, known }: SourceProps) {
  return (
    <>
      <SourceAddress address={address} /> <SourceMark address={address} known={known} />
    </>
  );
}

/** The same in a row of a list. On a narrow screen an IPv6 address takes the whole line: the mark is in another one. */
export function SourceCell({ address, known }: SourceProps) {
  return (
    <>
      <SourceAddress address={address} />{" "}
      <OnWide>
        <SourceMark address={address} known={known} />
      </OnWide>
    </>
  );
}

/** The mark where {@link SourceCell} has no room for it. */
export function NarrowSourceMark(source: SourceProps) {
  return (
    <OnNarrow>
      <SourceMark {...source} />{" "}
    </OnNarrow>
  );
}

function SourceAddress({ address }: Pick<SourceProps, "address">) {
  return (
    <a class={isLong(address) ? "long" : undefined} href={sourceLink(address)}>
      {address}
    </a>
  );
}

/** Whether it is this machine, or a host or a device of the own network; it leads to what scans know of it. */
export function SourceMark({ address, known }: SourceProps) {
  const { ownAddresses } = useProgram();
  const isOwn = address.startsWith("127.") || ownAddresses.includes(address);
  const words = isOwn ? "this machine" : "known host";
  if (known === true)
    return (
      <a class={isOwn ? "badge plain" : "badge warn"} href={link(["network", "hosts", address])}>
        {words}
      </a>
    );
  return isOwn ? <Badge>{words}</Badge> : null;
}
