/** How the earlier tool's document restricts its container, and the compose file ours. */
export const restricted: readonly string[] = [
  ...["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
  ...["--user", "10001:10001", "--ulimit", "nofile=4096", "--ulimit", "nproc=4096:4096"],
];
