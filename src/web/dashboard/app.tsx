import type { ComponentChildren, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Announcements } from "./announce.tsx";
import { change, get, onLoggedOut, type Session } from "./api.ts";
import { keepFocus } from "./focus.ts";
import { hideHintsOnEscape } from "./hints.ts";
import { unsorted, viewFaults } from "./list-view.ts";
import { useOutage } from "./outage.ts";
import { DeliveriesPage } from "./pages/deliveries.tsx";
import { HostPage } from "./pages/host.tsx";
import { KnockPage } from "./pages/knock.tsx";
import { KnockSummaryPage } from "./pages/knock-summary.tsx";
import { KnocksPage } from "./pages/knocks.tsx";
import { LoginPage } from "./pages/login.tsx";
import { isNetworkList, NetworkPage } from "./pages/network.tsx";
import { NoSuchPage } from "./pages/no-such.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { ReportPage, ReportsPage } from "./pages/reports.tsx";
import { ScansPage } from "./pages/scans.tsx";
import { SettingsPage } from "./pages/settings.tsx";
import { SourcePage } from "./pages/source.tsx";
import { SourcesPage } from "./pages/sources.tsx";
import { Failure } from "./parts.tsx";
import { onReloadAll } from "./reload-all.ts";
import { link, type Route, useRoute } from "./router.ts";
import { messageOf, type Program, ProgramContext } from "./state.ts";
import { ViewFaults } from "./view-faults.tsx";
import { restoreScroll } from "./visits.ts";

const menu = [
  ["", "Overview"],
  ["network", "Network"],
  ["knocks", "Knocks"],
  ["reports", "Reports"],
  ["deliveries", "Deliveries"],
  ["scans", "Scans"],
  ["settings", "Settings"],
] as const;

export function App() {
  const [session, setSession] = useState<Session>();
  const [program, setProgram] = useState<Program>();
  const [error, setError] = useState<string>();
  const route = useRoute();
  const isFailed = useRef(false);
  isFailed.current = error !== undefined;

  const start = () => {
    setError(undefined);
    get<Session>("session").then(setSession, (reason: unknown) => setError(messageOf(reason)));
  };
  useEffect(() => {
    onLoggedOut(() => setSession({ loginNeeded: true }));
    start();
    return onReloadAll(() => {
      if (isFailed.current) start();
    });
  }, []);
  const mayRead = session !== undefined && (!session.loginNeeded || session.role !== undefined);
  useEffect(() => {
    if (!mayRead) return;
    const mayOperate = session.role === "operate" || !session.loginNeeded;
    get<Omit<Program, "mayOperate">>("program").then(
      (answer) => setProgram({ ...answer, mayOperate }),
      (reason: unknown) => setError(messageOf(reason)),
    );
  }, [mayRead, session]);

  if (error !== undefined) {
    return (
      <main class="alone">
        <h1>Harbinger</h1>
        <Failure message={error} again={start} />
        <Outage />
      </main>
    );
  }
  if (session === undefined) return <main class="alone" aria-busy="true" />;
  if (!mayRead) return <LoginPage done={start} />;
  if (program === undefined) return <main class="alone" aria-busy="true" />;
  const logout = session.loginNeeded
    ? () => {
        change("DELETE", "session").then(start, (reason: unknown) => setError(messageOf(reason)));
      }
    : undefined;
  return (
    <ProgramContext.Provider value={program}>
      <Frame route={route} user={session.name} logout={logout}>
        {pageOf(route)}
      </Frame>
    </ProgramContext.Provider>
  );
}

/** Whether the page knows itself what its address says of sorting and grouping. */
function isSortable({ parts: [page, list, row] }: Route): boolean {
  return (page === "network" && row === undefined) || (page === "knocks" && list === "sources");
}

/** How many parts the address of a page has at most: what follows them would have no effect. */
function maxPartsOf([page, one]: readonly string[]): number {
  if (page === "network") return one === "hosts" ? 3 : 2;
  if (page === "knocks") return one === "summary" || one === "from" ? 3 : 2;
  return page === "reports" || page === "deliveries" ? 2 : 1;
}

function pageOf({ parts, query, view }: Route): VNode {
  const [page = "", one, two] = parts;
  if (parts.length > maxPartsOf(parts)) return <NoSuchPage parts={parts} />;
  switch (page) {
    case "":
      return <OverviewPage />;
    case "network":
      if (one === "hosts" && two !== undefined) return <HostPage address={two} />;
      return isNetworkList(one ?? "devices") ? (
        <NetworkPage list={one ?? "devices"} query={query} view={view} />
      ) : (
        <NoSuchPage parts={parts} />
      );
    case "knocks":
      if (one === "sources") return <SourcesPage query={query} view={view} />;
      if (one === "summary") return <KnockSummaryPage span={two} query={query} />;
      if (one === "from")
        return two === undefined ? <NoSuchPage parts={parts} /> : <SourcePage key={two} address={two} />;
      return one === undefined ? <KnocksPage query={query} /> : <KnockPage id={one} />;
    case "reports":
      return one === undefined ? <ReportsPage query={query} /> : <ReportPage id={one} />;
    case "deliveries":
      if (one === undefined) return <DeliveriesPage query={query} />;
      // It has no page of its own: the list has this one alone, or says that there is none.
      return /^\d{1,15}$/.test(one) ? <DeliveriesPage key={one} query={`id:${one}`} /> : <NoSuchPage parts={parts} />;
    case "scans":
      return <ScansPage query={query} />;
    case "settings":
      return <SettingsPage />;
    default:
      return <NoSuchPage parts={parts} />;
  }
}

/** It is there before it has something to say, so that screen readers notice it. */
function Outage() {
  const isOut = useOutage();
  return (
    <div class="outage" role="status">
      {isOut ? <p>Server not reachable: trying again. What you see may be old.</p> : null}
    </div>
  );
}

interface FrameProps {
  readonly route: Route;
  readonly user: string | undefined;
  readonly logout: (() => void) | undefined;
  readonly children: ComponentChildren;
}

function Frame({ route, user, logout, children }: FrameProps) {
  const current = route.parts[0] ?? "";
  const content = useRef<HTMLElement>(null);
  const skip = () => content.current?.focus();
  useEffect(() => (content.current === null ? undefined : keepFocus(content.current)), []);
  useLayoutEffect(restoreScroll, [route.visit]);
  useEffect(hideHintsOnEscape, []);
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <header>
        <a class="brand" href="#/">
          Harbinger
        </a>
        <nav aria-label="Pages">
          <ul>
            {menu.map(([page, title]) => (
              <li key={page}>
                <a href={link(page === "" ? [] : [page])} aria-current={page === current ? "page" : undefined}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {logout === undefined ? null : (
          <button type="button" class="quiet" onClick={logout}>
            Log out {user}
          </button>
        )}
      </header>
      <Outage />
      <main id="content" tabIndex={-1} ref={content}>
        {children}
        {isSortable(route) ? null : <ViewFaults faults={viewFaults(route.view, unsorted)} />}
      </main>
      <Announcements visit={route.visit} />
    </>
  );
}
