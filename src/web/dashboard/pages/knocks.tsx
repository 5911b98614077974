import { useEffect, useRef, useState } from "preact/hooks";
import type { ListenerJson } from "../../../present/listeners/listener-schema.ts";
import { grouped } from "../../../present/text/grouped.ts";
import { knockColumns } from "../knock-words.tsx";
import { useEvents } from "../live.ts";
import { Heading, Live, Search } from "../parts.tsx";
import { link } from "../router.ts";
import { useCalm, useList, withRow } from "../state.ts";
import { Table } from "../table.tsx";
import type { ConnectionJson } from "../types.ts";
import { KnockTabs, knockTitle } from "./knock-tabs.tsx";

/** New connections are read out together, at most this often. */
const announceMs = 5000;

/** The number of connections that were reset at once is read again at most this often. */
const resetEarlyMs = 5000;

/** What no list can have, because the system does not tell from where it came. */
function ResetEarly({ changes }: { readonly changes: number }) {
  const { rows, reload } = useList<ListenerJson>("listeners");
  const again = useCalm(reload, resetEarlyMs);
  useEffect(() => {
    if (changes > 0) again();
  }, [changes]);
  useEffect(() => {
    // A scan that resets all of its connections is no event: the number is read again without one, too.
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") again();
    }, resetEarlyMs * 6);
    return () => clearInterval(timer);
  }, []);
  const total = rows.reduce((sum, { resetEarly }) => sum + resetEarly, 0);
  if (total === 0) return null;
  const [were, their] = total === 1 ? ["connection was", "its client"] : ["connections were", "their clients"];
  return (
    <p class="note">
      {grouped(total)} more {were} reset at once by {their} since the start of Harbinger, as a connect scan does (nmap
      -sT). The system does not tell where from, so that {total === 1 ? "it is" : "they are"} not in this list.
    </p>
  );
}

export function KnocksPage({ query }: { readonly query: string }) {
  const list = useList<ConnectionJson>("connections", { q: query });
  const [fresh, setFresh] = useState(0);
  // A search is about what is stored: whether a new one belongs to it, only the server knows.
  const state = useEvents(["connection"], (_kind, value) => {
    if (query !== "") {
      setFresh((count) => count + 1);
      return;
    }
    const connection = value as ConnectionJson;
    list.update((rows) => withRow(rows, connection));
    setFresh((count) => count + 1);
  });
  return (
    <>
      <Heading title={knockTitle("list")}>
        <Live state={state} />
      </Heading>
      <KnockTabs current="list" query={query} />
      <Search
        list="connections"
        query={query}
        hint="port:22 protocol:ssh peer:203.0.113.0/24 since:2d"
        search={(text) => {
          location.hash = link(["knocks"], text);
        }}
      />
      <ResetEarly changes={fresh} />
      <Announcement count={fresh} />
      {query !== "" && fresh > 0 ? (
        <p>
          <button
            type="button"
            onClick={() => {
              setFresh(0);
              list.reload();
            }}
          >
            {fresh} new: search again
          </button>
        </p>
      ) : null}
      <Table
        caption="Connections to decoy ports, newest first"
        columns={knockColumns}
        list={list}
        keyOf={({ id }) => id}
        empty={
          query === ""
            ? "Nobody has connected to a decoy port yet. To try it, connect to a port that Settings lists under Listeners."
            : "No connection matches the search."
        }
      />
    </>
  );
}

/** For screen readers: how many came, not each of a flood. */
function Announcement({ count }: { readonly count: number }) {
  const [text, setText] = useState("");
  const said = useRef(0);
  const latest = useRef(count);
  latest.current = count;
  useEffect(() => {
    const timer = setInterval(() => {
      const added = latest.current - said.current;
      said.current = latest.current;
      if (added > 0) setText(added === 1 ? "1 new connection" : `${added} new connections`);
    }, announceMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="for-readers" aria-live="polite">
      {text}
    </p>
  );
}
