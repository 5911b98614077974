/** The restrictions of the container in the earlier tool's document, and in our compose file. */
export const restricted: readonly string[] = [
  ...["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
  ...["--user", "10001:10001", "--ulimit", "nofile=4096", "--ulimit", "nproc=4096:4096"],
];
