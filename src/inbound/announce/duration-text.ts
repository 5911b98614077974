/** A duration in words: `within a second`, `in 45 seconds`, `in 10 minutes`, `in 3 hours`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (!(seconds > 1)) return "within a second";
  if (seconds < 120) return `in ${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `in ${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `in ${hours} hours` : `in ${Math.round(hours / 24)} days`;
}
