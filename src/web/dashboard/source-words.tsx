/** What pages show of the address of a source. */
import { numberOfDevices } from "../../present/devices/device-words.ts";
import { Badge, Foreign, isLong, OnNarrow, OnWide } from "./parts.tsx";
import { link, sourceLink } from "./router.ts";
import { useProgram } from "./state.ts";

interface SourceProps {
  readonly address: string;
  /** It is also a host or a device that scans know. */
  readonly known?: boolean | undefined;
  /** Of the device that had the address when it connected: its name, and whether somebody approved it. */
  readonly device?: string | undefined;
  readonly approved?: boolean | undefined;
  /** Where several devices had the address: all of them. */
  readonly sharedBy?: readonly unknown[] | undefined;
}

interface SourceMarkProps extends SourceProps {
  /** A phone has room for a few letters. */
  readonly isShort?: true;
}

/** The address of a source, which leads to its page, and whose it is. */
export function Source(source: SourceProps) {
  return (
    <>
      <SourceAddress address={source.address} /> <SourceMark {...source} />
    </>
  );
}

/** The same in a row of a list. On a narrow screen an IPv6 address takes the whole line: the mark is in another one, and so is the name of the device. */
export function SourceCell(source: SourceProps) {
  const { address, device } = source;
  return (
    <>
      <SourceAddress address={address} />{" "}
      <OnWide>
        <SourceDevice device={device} /> <SourceMark {...source} />
      </OnWide>
      {isLong(address) ? null : (
        <OnNarrow>
          <SourceDevice device={device} />
        </OnNarrow>
      )}
    </>
  );
}

/** The name of the device where {@link SourceCell} has no room for it, before other words of the row. */
export function NarrowSourceDevice({ address, device }: SourceProps) {
  if (device === undefined || !isLong(address)) return null;
  return (
    <OnNarrow>
      <SourceDevice device={device} />:{" "}
    </OnNarrow>
  );
}

/** The mark where {@link SourceCell} has no room for it. */
export function NarrowSourceMark(source: SourceProps) {
  return (
    <OnNarrow>
      <SourceMark {...source} isShort />{" "}
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

/** The name of the device that has the address. */
function SourceDevice({ device }: Pick<SourceProps, "device">) {
  return device === undefined ? null : <Foreign text={device} limit={60} />;
}

/** Whether it is this machine, or a host or a device of the own network; it leads to what scans know of it. */
export function SourceMark({ address, known, approved, sharedBy, isShort }: SourceMarkProps) {
  const { ownAddresses } = useProgram();
  const isOwn = address.startsWith("127.") || ownAddresses.includes(address);
  const doubt =
    sharedBy !== undefined ? `one of ${numberOfDevices(sharedBy)}` : approved === false ? "not approved" : undefined;
  const host = doubt === undefined ? "known host" : isShort === true ? doubt : `known host, ${doubt}`;
  const words = isOwn ? "this machine" : host;
  if (known === true)
    return (
      <a class={isOwn ? "badge plain" : "badge warn"} href={link(["network", "hosts", address])}>
        {words}
      </a>
    );
  return isOwn ? <Badge>{words}</Badge> : null;
}
