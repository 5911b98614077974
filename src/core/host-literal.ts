/** A host as it stands in a URL or before a port: an IPv6 address in brackets. @param host an address, or a name */
export function hostLiteral(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
