/** `1.2.0-rc.1` sorts before `1.2.0`, which needs a tilde in Debian. Without a Debian revision, because these files are part of the project. */
export function debianVersion(version: string): string {
  return version.replace("-", "~").replaceAll("-", ".");
}
