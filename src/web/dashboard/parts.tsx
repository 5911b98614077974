/** Small parts that several pages show. All text is a text node. */
import { type ComponentChildren, Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { safeText } from "../../core/safe-text.ts";
import { type WallClock, wallClock } from "../../core/wall-clock.ts";
import { utcDate } from "../../present/certificates/expiry-words.ts";
import { shownTo } from "../../present/deliveries/recipient-words.ts";
import { plural } from "../../present/text/plural.ts";
import { shortWords } from "../../present/text/short-text.ts";
import { copyText } from "./copy-text.ts";
import type { LiveState } from "./live.ts";
import { useNarrow } from "./row-layout.ts";
import { useProgram } from "./state.ts";
import { arrive } from "./visits.ts";

const clocks = new Map<string, (at: number) => WallClock>();

interface TimeTexts {
  /** `2026-11-29 14:05`, in the configured zone. */
  readonly minute: string;
  /** `:00` */
  readonly second: string;
  /** `2026-11-29 14:05:00.123 +09:00 (Asia/Tokyo)` */
  readonly exact: string;
}

function timeTexts(iso: string, timeZone: string): TimeTexts | undefined {
  const read = clocks.get(timeZone) ?? wallClock(timeZone);
  clocks.set(timeZone, read);
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return undefined;
  const { year, month, day, hour, minute, second, offset } = read(at);
  const untilMinute = `${year}-${month}-${day} ${hour}:${minute}`;
  const millisecond = String(((at % 1000) + 1000) % 1000).padStart(3, "0");
  return {
    minute: untilMinute,
    second: `:${second}`,
    exact: `${untilMinute}:${second}.${millisecond} ${offset} (${timeZone})`,
  };
}

/** A time in the configured zone; rows of lists on a narrow screen leave out the seconds. The exact one appears under the pointer, and beside a link that has the focus. */
export function Time({ iso }: { readonly iso: string | undefined }) {
  const { timeZone } = useProgram();
  const texts = iso === undefined ? undefined : timeTexts(iso, timeZone);
  if (texts === undefined) return null;
  return (
    <time dateTime={iso} title={texts.exact}>
      {texts.minute}
      <span class="seconds">{texts.second}</span>
    </time>
  );
}

/** The date of a certificate, as findings, reports and the commands have it. The time in the configured zone appears under the pointer. */
export function UtcDate({ iso }: { readonly iso: string | undefined }) {
  const { timeZone } = useProgram();
  const texts = iso === undefined ? undefined : timeTexts(iso, timeZone);
  if (iso === undefined || texts === undefined) return null;
  return (
    <time dateTime={iso} title={texts.exact}>
      {utcDate(Date.parse(iso))}
    </time>
  );
}

/** Text from the network: invisible and reordering characters become dots, and it cannot change the direction of what is around it. */
export function Foreign({ text, limit = 300 }: { readonly text: string | undefined | null; readonly limit?: number }) {
  if (text === undefined || text === null || text === "") return null;
  return <bdi>{safeText(text, { limit })}</bdi>;
}

/** Things in a line, with a comma between them. */
export function Joined({ parts }: { readonly parts: readonly ComponentChildren[] }) {
  return (
    <>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index === 0 ? "" : ", "}
          {part}
        </Fragment>
      ))}
    </>
  );
}

/** What a button concerns, where the eye sees it in the same row. */
export function ForReaders({ text }: { readonly text: string }) {
  return <span class="for-readers"> {safeText(text, { limit: 100 })}</span>;
}

/** Only on a screen that has room for columns. */
export function OnWide({ children }: { readonly children: ComponentChildren }) {
  return <span class="on-wide">{children}</span>;
}

/** Only on a screen that is too narrow for columns. */
export function OnNarrow({ children }: { readonly children: ComponentChildren }) {
  return <span class="on-narrow">{children}</span>;
}

interface LabelledTimeProps {
  readonly label: string;
  readonly iso: string | undefined;
}

/** A time in a row of a list: where no column says what it is, its label stands before it. */
export function LabelledTime({ label, iso }: LabelledTimeProps) {
  return (
    <>
      <OnNarrow>{label} </OnNarrow>
      <Time iso={iso} />
    </>
  );
}

type Tone = "good" | "bad" | "warn" | "plain";

export function Badge({ tone = "plain", children }: { readonly tone?: Tone; readonly children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** Whether an address may need two lines of a column. */
export function isLong(address: string): boolean {
  return address.length > 15;
}

interface MoreProps {
  /** How many are not shown. */
  readonly count: number;
  readonly one: string;
  readonly many: string;
  readonly href: string;
}

/** Leads to what a short list leaves out. */
export function More({ count, one, many, href }: MoreProps) {
  if (count <= 0) return null;
  return (
    <p class="note">
      <a href={href}>and {plural(count, `other ${one}`, `other ${many}`)}</a>
    </p>
  );
}

export function Live({ state }: { readonly state: LiveState }) {
  if (state === "live") return <Badge tone="good">live</Badge>;
  return <Badge tone="warn">{state === "connecting" ? "connecting" : "not live: trying again"}</Badge>;
}

export function Failure({
  message,
  again,
}: {
  readonly message: string | undefined;
  readonly again?: (() => void) | undefined;
}) {
  if (message === undefined) return null;
  return (
    <div class="failure" role="alert">
      <span>{safeText(message, { limit: 1000 })}</span>
      {again === undefined ? null : (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Copies a text, and says so. */
export function Copy({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    copyText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 3000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <>
      <button type="button" class="quiet" onClick={copy}>
        Copy
        <ForReaders text={text} />
      </button>
      <span class="note" role="status">
        {isCopied ? "Copied" : ""}
      </span>
    </>
  );
}

/** Text of several lines, in a box that the keyboard can scroll. */
export function Lines({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <section class="scrolled" aria-label={label} tabIndex={0}>
      <pre>
        <bdi>{safeText(text, { limit: 1_000_000, multiline: true })}</bdi>
      </pre>
    </section>
  );
}

export interface HeadingProps {
  readonly title: string;
  /** False where a field of the page takes the focus: which of two effects runs last depends on when the page is drawn again. */
  readonly takesFocus?: boolean;
  readonly children?: ComponentChildren;
}

/** The heading of a page. It takes the focus when the page opens, so that a screen reader starts there. */
export function Heading({ title, takesFocus = true, children }: HeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${shortWords(title, 80)} - Harbinger`;
    if (takesFocus && heading.current !== null) arrive(heading.current);
  }, [title]);
  return (
    <div class="heading">
      <h1 tabIndex={-1} ref={heading}>
        <bdi>{shortWords(title, 400)}</bdi>
      </h1>
      {children}
    </div>
  );
}

/** A channel without recipients, and a report file that has no name yet, are the channel alone. */
export function recipientText(message: Parameters<typeof shownTo>[0]): string {
  const to = shownTo(message);
  return to === "" ? message.channel : `${message.channel}: ${to}`;
}

/** Pairs of name and value; those without a value are left out. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ComponentChildren])[] }) {
  const known = facts.filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== false);
  return (
    <dl class="facts">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export interface SearchProps {
  readonly query: string;
  readonly hint: string;
  readonly search: (query: string) => void;
  /** Path of the list in the API, which has it as a file, too. */
  readonly list?: string;
}

/** Characters that the field has room for on a phone. */
const narrowHint = 16;

/** The first terms of a hint, as many as fit; one at least. */
function beginningOf(hint: string): string {
  const [first = "", ...others] = hint.match(/(?:NOT )?\S+/g) ?? [];
  let shown = first;
  for (const term of others) {
    if (shown.length + 1 + term.length > narrowHint) break;
    shown += ` ${term}`;
  }
  return shown;
}

function csvOf(list: string, query: string): string {
  const parameters = new URLSearchParams({ format: "csv", ...(query === "" ? {} : { q: query }) });
  return `api/v1/${list}?${parameters.toString()}`;
}

export function Search({ query, hint, search, list }: SearchProps) {
  const [text, setText] = useState(query);
  const isNarrow = useNarrow();
  useEffect(() => setText(query), [query]);
  return (
    <search>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          search(text.trim());
        }}
      >
        <input
          type="search"
          aria-label="Search"
          placeholder={isNarrow ? beginningOf(hint) : hint}
          value={text}
          maxLength={500}
          spellcheck={false}
          autocapitalize="off"
          onInput={(event) => setText(event.currentTarget.value)}
          onSearch={(event: Event) => {
            if (event.currentTarget instanceof HTMLInputElement && event.currentTarget.value === "") search("");
          }}
        />
        <button type="submit">Search</button>
        {list === undefined ? null : (
          <a class="csv" href={csvOf(list, query)} download title="All rows that the search finds, as a file">
            CSV
            <ForReaders text="file of all rows that the search finds" />
          </a>
        )}
      </form>
    </search>
  );
}
