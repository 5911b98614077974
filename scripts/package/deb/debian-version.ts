/** `1.2.0-rc.1` comes before `1.2.0`: Debian says so by a tilde. Without a Debian revision, because these files are part of the project. */
export function debianVersion(version: string): string {
  return version.replace("-", "~").replaceAll("-", ".");
}
