/** Lists of the network, and the choice between them: devices, hosts, services, certificates, discoveries and mutes. */
import { useChanges } from "../live.ts";
import { Heading, Search } from "../parts.tsx";
import { link, type Place } from "../router.ts";
import { Certificates } from "./network/certificates.tsx";
import { Devices } from "./network/devices.tsx";
import { Discoveries } from "./network/discoveries.tsx";
import { Hosts } from "./network/hosts.tsx";
import { Mutes } from "./network/mutes.tsx";
import { Services } from "./network/services.tsx";

const lists = [
  ["devices", "Devices", "vendor:apple NOT approved name:x"],
  ["hosts", "Hosts", "address:192.168.1.0/24"],
  ["services", "Services", "port:443 vendor:apple NOT approved"],
  ["certificates", "Certificates", "expiring:30d subject:example.org"],
  ["discoveries", "Discoveries", "NOT acknowledged kind:new"],
  ["mutes", "Mutes", "active kind:host"],
] as const;

export function isNetworkList(name: string): boolean {
  return lists.some(([each]) => each === name);
}

interface NetworkPageProps extends Omit<Place, "parts"> {
  readonly list: string;
}

export function NetworkPage({ list, query, view }: NetworkPageProps) {
  const [name, title, hint] = lists.find(([each]) => each === list) ?? lists[0];
  useChanges();
  const place: Place = { parts: ["network", name], query, view };
  return (
    <>
      <Heading title={title} />
      <nav class="tabs" aria-label="Lists of the network">
        {lists.map(([each, words]) => (
          <a key={each} href={link(["network", each])} aria-current={each === name ? "page" : undefined}>
            {words}
          </a>
        ))}
      </nav>
      <Search
        key={name}
        list={name}
        query={query}
        hint={hint}
        search={(text) => {
          location.hash = link(place.parts, text, view);
        }}
      />
      {name === "devices" ? <Devices place={place} /> : null}
      {name === "hosts" ? <Hosts place={place} /> : null}
      {name === "services" ? <Services place={place} /> : null}
      {name === "certificates" ? <Certificates place={place} /> : null}
      {name === "discoveries" ? <Discoveries place={place} /> : null}
      {name === "mutes" ? <Mutes place={place} /> : null}
    </>
  );
}
