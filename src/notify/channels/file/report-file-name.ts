import path from "node:path";
import { safeText } from "../../../core/safe-text.ts";

/** Leaves room for a number, another extension and a temporary name within the 255 bytes of most file systems. */
const maxNameBytes = 200;

/** Names that are devices on Windows, with any extension. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i;

/** Whether `name` is the name of a visible file, without a path, on every system that this program supports. */
export function isReportFileName(name: string): boolean {
  if (name === "" || Buffer.byteLength(name) > maxNameBytes) return false;
  if (safeText(name) !== name || /[/\\:*?"<>|\t\n]/.test(name)) return false;
  return !/^[.\s-]|[.\s]$/.test(name) && !device.test(name);
}

/** `report.txt` as it is, then `report_2.txt`, `report_3.txt`, ... */
export function numberedName(name: string, number: number): string {
  if (number === 1) return name;
  const { name: stem, ext } = path.parse(name);
  return `${stem}_${number}${ext}`;
}

/** The same name with another extension, for the files beside a report. */
export function sideFileName(name: string, ending: ".json" | ".html"): string {
  return `${path.parse(name).name}${ending}`;
}
