import { canonicalTimeZone, timeZoneProblem } from "../core/wall-clock.ts";

/**
 * Changes the variable TZ to the form that Node accepts. The C library also accepts `:Europe/Berlin`, and people write
 * `europe/berlin`; Node accepts exact names only, and uses UTC for everything else without a warning.
 * @param environment changed in place
 */
export function adoptTimeZone(environment: Record<string, string | undefined>): void {
  const name = nameIn(environment["TZ"]);
  const canonical = name === undefined ? undefined : canonicalTimeZone(name);
  if (canonical !== undefined && isNamed(canonical)) environment["TZ"] = canonical;
}

/**
 * Shows local times in the zone of the configuration, as its pages, mails and schedules do. Who sets TZ wants that zone.
 * @param environment changed in place
 */
export function adoptConfiguredTimeZone(
  environment: Record<string, string | undefined>,
  timeZone: string | undefined,
): void {
  if (timeZone === undefined || (environment["TZ"] ?? "") !== "") return;
  const canonical = canonicalTimeZone(timeZone);
  if (canonical !== undefined && isNamed(canonical)) environment["TZ"] = canonical;
}

/**
 * Why local times will be in UTC although TZ names another zone; `undefined` if they will not.
 * @param value of the variable TZ
 */
export function timeZoneVariableProblem(value: string | undefined): string | undefined {
  const name = nameIn(value);
  if (name === undefined || /^(?:etc\/)?(?:utc|uct|gmt|zulu|universal|greenwich)[+-]?0?$/i.test(name)) return undefined;
  const canonical = canonicalTimeZone(name);
  if (canonical !== undefined && isNamed(canonical)) return undefined;
  if (isUnderstood()) return undefined;
  // POSIX: `CET-1CEST,M3.5.0,M10.5.0/3`.
  const isWord = /^[A-Za-z_]+(?:\/[A-Za-z_/+-]+)?$/.test(name);
  const hint = isWord ? timeZoneProblem(name) : undefined;
  const what = hint ?? "not the name of a time zone; set a name such as Europe/Berlin";
  return `times and schedules are in UTC: ${what}`;
}

/** Node has no local time at a fixed offset such as +05:30. */
function isNamed(canonical: string): boolean {
  return !/^[+-]/.test(canonical);
}

function nameIn(value: string | undefined): string | undefined {
  const name = value?.replace(/^:/, "").replace(/^(?:posix|right)\//, "");
  return name === "" || name === undefined || name.startsWith("/") ? undefined : name;
}

/** Node accepts some values that are not names: `JST-9`. */
function isUnderstood(): boolean {
  const year = new Date().getFullYear();
  return [0, 6].some((month) => new Date(year, month, 1).getTimezoneOffset() !== 0);
}
