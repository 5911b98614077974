import { HarbingerError, messageOf, systemCode } from "../../core/errors.ts";
import { formatPorts, type Port } from "../../core/ports.ts";

export interface BindFailure {
  readonly host: string;
  readonly port: Port;
  readonly error: unknown;
}

/** One error for each cause. */
export function bindErrors(failures: readonly BindFailure[]): readonly HarbingerError[] {
  return [...Map.groupBy(failures, ({ error }) => systemCode(error)).values()].map(bindError);
}

/** Explains why ports could not be opened. Several ports with the same cause make one message. */
export function bindError(failures: readonly BindFailure[]): HarbingerError {
  const [first] = failures;
  if (first === undefined) throw new TypeError("no failure to explain");
  const code = systemCode(first.error);
  const alike = failures.filter((failure) => systemCode(failure.error) === code);
  const hosts = [...new Set(alike.map((failure) => failure.host))].join(", ");
  const ports = formatPorts(alike.map((failure) => failure.port));
  const where = `port${ports === `${first.port}` ? "" : "s"} ${ports} on ${hosts}`;
  const cause = first.error;
  switch (code) {
    case "EADDRINUSE":
      return new HarbingerError("address-in-use", `another program already listens on ${where}`, {
        remedy: `\`${whoHolds(first.port)}\` shows which program it is. Stop that program, or choose other ports.`,
        cause,
      });
    case "EACCES":
    case "EPERM":
      return new HarbingerError("permission", `no permission to listen on ${where}`, {
        remedy:
          "Ports below 1024 are privileged. Allow them with the drop-in low-ports.conf of the systemd unit (it has " +
          "CAP_NET_BIND_SERVICE in AmbientCapabilities= and CapabilityBoundingSet=), or with " +
          "`sysctl net.ipv4.ip_unprivileged_port_start=0`; or listen on a higher port and redirect to it " +
          "(nftables: `tcp dport 22 redirect to :2222`).",
        cause,
      });
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
    case "EINVAL":
      return new HarbingerError("config", `${hosts} is not an address of this machine`, {
        remedy: "Set `host` to an address of this machine, or remove it to listen on all addresses.",
        cause,
      });
    case "EMFILE":
    case "ENFILE":
      return new HarbingerError("config", `too many open files to listen on ${where}`, {
        remedy: "Raise the limit (`ulimit -n`, LimitNOFILE= in systemd), or redirect a range of ports to one port.",
        cause,
      });
    default:
      return new HarbingerError("config", `cannot listen on ${where}: ${messageOf(cause)}`, { cause });
  }
}

function whoHolds(port: Port): string {
  if (process.platform === "win32") return `netstat -ano | findstr :${port}`;
  if (process.platform === "linux") return `ss -ltnp sport = :${port}`;
  return `lsof -nP -iTCP:${port} -sTCP:LISTEN`;
}
