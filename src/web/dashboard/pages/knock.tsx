import { useState } from "preact/hooks";
import { safeText } from "../../../core/safe-text.ts";
import { numberOfDevices } from "../../../present/devices/device-words.ts";
import { nameAndMac } from "../devices.tsx";
import { MutedKnock, placeOf, summaryOf } from "../knock-words.tsx";
import { useChanges } from "../live.ts";
import { SourceMute } from "../mutes.tsx";
import { Badge, Facts, Failure, Foreign, Heading, Lines, Time } from "../parts.tsx";
import { payloadLines, payloadOf } from "../payload.ts";
import { link, sourceLink } from "../router.ts";
import { SourceMark } from "../source-words.tsx";
import { useAnswer } from "../state.ts";
import type { ConnectionJson } from "../types.ts";
import { NoSuch } from "./no-such.tsx";

const endWords: Readonly<Record<ConnectionJson["end"], string>> = {
  "client-closed": "closed by the client",
  reset: "reset by the client",
  heard: "closed once the protocol was complete",
  "time-limit": "closed at the time limit",
  "byte-limit": "closed at the limit of bytes",
  "over-limit": "rejected: too many connections",
  shutdown: "closed at shutdown",
};

export function KnockPage({ id }: { readonly id: string }) {
  const { value, error, isMissing, reload } = useAnswer<ConnectionJson>(`connections/${encodeURIComponent(id)}`);
  useChanges();
  if (isMissing === true)
    return (
      <NoSuch title="No such connection" href={link(["knocks"])} where="All connections">
        There is no connection {safeText(id, { limit: 100 })}, and no view with this name. Old connections are deleted
        after the retention time.
      </NoSuch>
    );
  if (value === undefined) {
    return (
      <>
        <Heading title="Connection" />
        <Failure message={error} again={reload} />
      </>
    );
  }
  return <Knock connection={value} />;
}

/** Fields of the connection itself; the others are facts of the protocol. */
const plainFields = new Set(
  "time peer local via bytes protocol complete scanner probe alsoSentBy candidates maskedBytes phase end durationMs payload origin known device approved mac sharedBy listener id mutedUntil".split(
    " ",
  ),
);

function Knock({ connection }: { readonly connection: ConnectionJson }) {
  const { peer, local, via, origin } = connection;
  const others = Object.entries(connection).filter(([name]) => !plainFields.has(name));
  return (
    <>
      <Heading title={`${peer.address} to port ${local.port}`}>
        <Badge>{connection.protocol}</Badge>
        <MutedKnock connection={connection} />
      </Heading>
      <Facts
        facts={[
          ["Time", <Time key="time" iso={connection.time} />],
          ["From", `${peer.address}, port ${peer.port}`],
          ["Device", deviceOf(connection) && <Foreign key="device" text={deviceOf(connection)} limit={500} />],
          ["To", `${local.address}, port ${local.port} (${connection.listener})`],
          ["Through", via === undefined ? undefined : `${via.address}, port ${via.port}`],
          ["What", <Foreign key="what" text={summaryOf(connection)} />],
          ["Place", <Foreign key="place" text={placeOf(connection)} />],
          ["Host name", origin?.hostname === undefined ? undefined : <Foreign key="host" text={origin.hostname} />],
          ["Autonomous system", origin?.asn],
          [
            "Scanner",
            connection.scanner === undefined ? undefined : <Foreign key="scanner" text={connection.scanner} />,
          ],
          ["End", `${endWords[connection.end]}, after ${Math.round(connection.durationMs)} ms`],
          ["Received", `${connection.bytes} bytes`],
          ["Masked", connection.maskedBytes === undefined ? undefined : `${connection.maskedBytes} bytes of passwords`],
        ]}
      />
      <p>
        <a href={sourceLink(peer.address)}>Everything else from {peer.address}</a>{" "}
        <SourceMark
          address={peer.address}
          known={connection.known}
          approved={connection.approved}
          sharedBy={connection.sharedBy}
        />
      </p>
      <SourceMute address={peer.address} />
      <Payload connection={connection} />
      {others.length === 0 ? null : (
        <section aria-labelledby="details">
          <h2 id="details">Identified</h2>
          <Lines label="Identified" text={JSON.stringify(Object.fromEntries(others), undefined, 2)} />
        </section>
      )}
    </>
  );
}

/** The device that had the address when it connected; of several all, because it can have been any of them. */
function deviceOf({ device, mac, sharedBy }: ConnectionJson): string | undefined {
  if (sharedBy !== undefined) return `one of ${numberOfDevices(sharedBy)}: ${sharedBy.join(", ")}`;
  return mac === undefined ? device : nameAndMac(device, mac);
}

function Payload({ connection }: { readonly connection: ConnectionJson }) {
  const { payload: base64, bytes: received } = connection;
  const [form, setForm] = useState<"text" | "hex">("text");
  const bytes = payloadOf(base64);
  const { lines, left } = payloadLines(bytes, form);
  return (
    <section aria-labelledby="payload">
      <h2 id="payload">First bytes</h2>
      {bytes.length === 0 ? (
        <p class="empty">{nothingWords(connection)}</p>
      ) : (
        <>
          <fieldset class="choice">
            <legend class="for-readers">Show the bytes as</legend>
            {(["text", "hex"] as const).map((each) => (
              <label key={each}>
                <input type="radio" name="form" checked={form === each} onChange={() => setForm(each)} />
                {each === "text" ? "Text" : "Hexadecimal"}
              </label>
            ))}
          </fieldset>
          <Lines label={`First bytes as ${form === "hex" ? "hexadecimal" : "text"}`} text={lines} />
          <p class="note">
            {bytes.length} of {received} bytes were kept.
            {left > 0 ? ` ${left} of them are not shown.` : ""}
          </p>
        </>
      )}
    </section>
  );
}

/** A decoy closes after it has waited: a client that would have spoken later did not get to it. */
function nothingWords({ end, durationMs }: ConnectionJson): string {
  if (end !== "time-limit") return "The client sent nothing.";
  return `The client sent nothing within ${Math.round(durationMs / 100) / 10} s, and the decoy closed the connection.`;
}
