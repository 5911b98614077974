/** Packages with files in the executable that no module imports: data and native code. */
export const embeddedPackages = [
  "@ip-location-db/geo-whois-asn-country-mmdb",
  "@koromix/koffi-linux-x64",
  "oui-data",
] as const;
