/** The formats that can be imported. The names are the values of `--format`. */
export const importFormats = [
  { name: "nmap-xml", title: "nmap XML" },
  { name: "nmap-grepable", title: "nmap's grepable output" },
  { name: "masscan-json", title: "masscan JSON" },
  { name: "masscan-list", title: "masscan list" },
  { name: "naabu-json", title: "naabu JSON" },
  { name: "scan-json", title: "lines of harbinger scan --json" },
  { name: "legacy-database", title: "the earlier Harbinger's database" },
  { name: "portwatcher-log", title: "records of connections" },
  { name: "netalertx-csv", title: "devices of NetAlertX or Pi.Alert (CSV)" },
  { name: "netalertx-database", title: "the database of NetAlertX or Pi.Alert" },
  { name: "watchyourlan-json", title: "hosts of WatchYourLAN (JSON)" },
  { name: "watchyourlan-database", title: "the database of WatchYourLAN" },
  { name: "harbinger-yaml", title: "a configuration of Harbinger" },
  { name: "portwatcher-env", title: "the earlier Portwatcher's environment" },
] as const;

export type ImportFormat = (typeof importFormats)[number]["name"];

export function titleOf(format: ImportFormat): string {
  return importFormats.find(({ name }) => name === format)?.title ?? format;
}
