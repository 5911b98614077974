/** Local time as `2026-01-31 08:00:00`; empty where unknown. */
export function formatTime(instant: number | undefined): string {
  if (instant === undefined) return "";
  const date = new Date(instant);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** The same in short: `01-31 08:00`, of another year `2025-01-31`. */
export function briefTime(instant: number | undefined, now = Date.now()): string {
  const text = formatTime(instant);
  return text.slice(0, 4) === formatTime(now).slice(0, 4) ? text.slice(5, 16) : text.slice(0, 10);
}

/** With the seconds: `01-31 08:00:00`, of another year the whole time. */
export function briefSeconds(instant: number, now = Date.now()): string {
  const text = formatTime(instant);
  return text.slice(0, 4) === formatTime(now).slice(0, 4) ? text.slice(5) : text;
}

/** In the fewest cells: `08:00` of today, `01-31` of another day, `2025-01-31` of another year. */
export function dayOrTime(instant: number | undefined, now = Date.now()): string {
  const [day = "", time = ""] = formatTime(instant).split(" ");
  if (day === formatTime(now).slice(0, 10)) return time.slice(0, 5);
  return day.slice(0, 4) === formatTime(now).slice(0, 4) ? day.slice(5) : day;
}
