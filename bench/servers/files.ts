import { perConnection, type ServerCase } from "./server-case.ts";

/** Servers of files, shells, backups and storage. */
export const filesServers: readonly ServerCase[] = [
  {
    name: "dropbear",
    package: "dropbear-bin",
    program: "dropbear",
    port: 22,
    run: 'exec dropbear -F -E -R -p "127.0.0.1:$1" -P "$2/pid"',
    protocol: /^ssh$/,
    product: /dropbear/i,
    verdict: "protected",
  },
  {
    name: "tinysshd",
    package: "tinysshd",
    program: "tinysshd",
    port: 22,
    run: `tinysshd-makekey -q "$2/keys"; ${perConnection("/usr/sbin/tinysshd $2/keys")}`,
    protocol: /^ssh$/,
    product: /tinyssh/i,
    verdict: "protected",
  },
  {
    name: "telnetd (inetutils)",
    package: "inetutils-telnetd",
    program: "telnetd",
    port: 23,
    run: perConnection("/usr/sbin/telnetd"),
    protocol: /^telnet$/,
    product: /telnetd|inetutils/i,
    verdict: "protected",
  },
  {
    name: "proftpd",
    package: "proftpd-core",
    program: "proftpd",
    port: 21,
    run: `cat > p.conf <<END
ServerType standalone
ServerName test
Port $1
DefaultAddress 127.0.0.1
UseIPv6 off
User nobody
Group nogroup
PidFile $2/pid
ScoreboardFile $2/score
DelayEngine off
WtmpLog off
ModulePath /usr/lib/proftpd
END
exec proftpd -n -c "$2/p.conf"`,
    protocol: /^ftp$/,
    product: /proftpd/i,
    verdict: "inconclusive",
  },
  {
    name: "pure-ftpd",
    package: "pure-ftpd",
    program: "pure-ftpd",
    port: 21,
    run: 'exec pure-ftpd -S "127.0.0.1,$1" -E -g "$2/pid"',
    protocol: /^ftp$/,
    product: /pure-?ftpd/i,
    verdict: "inconclusive",
  },
  {
    name: "pyftpdlib",
    package: "python3-pyftpdlib",
    program: "python3",
    port: 21,
    run: 'exec /usr/bin/python3 -m pyftpdlib -i 127.0.0.1 -p "$1" -d "$2"',
    protocol: /^ftp$/,
    product: /pyftpdlib/i,
    verdict: "inconclusive",
  },
  {
    name: "git daemon",
    package: "git",
    program: "git",
    port: 9418,
    run: 'exec git daemon --listen=127.0.0.1 --port="$1" --base-path="$2"',
    protocol: /^git$/,
    product: /^git/i,
    verdict: "inconclusive",
  },
  {
    name: "svnserve",
    package: "subversion",
    program: "svnserve",
    port: 3690,
    run: 'exec svnserve -d --foreground --listen-host 127.0.0.1 --listen-port "$1" -r "$2"',
    protocol: /^svn/,
    product: /subversion|svnserve/i,
    verdict: "inconclusive",
  },
  {
    name: "cvs pserver",
    package: "cvs",
    program: "cvs",
    port: 2401,
    run: `mkdir root; cvs -d "$2/root" init; ${perConnection("/usr/bin/cvs -f --allow-root=$2/root pserver,stderr")}`,
    protocol: /^cvs/,
    product: /cvs/i,
    verdict: "protected",
  },
  {
    name: "nbd-server",
    package: "nbd-server",
    program: "nbd-server",
    port: 10809,
    run: `truncate -s 1M disk
printf '[generic]\\nport = %s\\nlistenaddr = 127.0.0.1\\nallowlist = true\\n[disk]\\nexportname = %s/disk\\nreadonly = true\\n' "$1" "$2" > n.conf
nbd-server -C n.conf -p "$2/pid"; while [ ! -s pid ]; do sleep 0.1; done
trap 'kill "$(cat pid)"' TERM; tail --pid="$(cat pid)" -f /dev/null`,
    protocol: /^nbd$/,
    product: /nbd/i,
    verdict: "inconclusive",
  },
  {
    name: "tgt",
    package: "tgt",
    program: "tgtd",
    port: 3260,
    settleSeconds: 3,
    // It disconnects if it has no target.
    run: `tgtd -f -C 7 --iscsi "portal=127.0.0.1:$1" &
sleep 1
tgtadm -C 7 --lld iscsi --op new --mode target --tid 1 -T iqn.2024-01.invalid.example:disk
tgtadm -C 7 --lld iscsi --op bind --mode target --tid 1 -I ALL
wait`,
    protocol: /^iscsi$/,
    product: /tgt|stgt/i,
    verdict: "exposed",
  },
  {
    name: "bacula-fd",
    package: "bacula-fd",
    program: "bacula-fd",
    port: 9102,
    run: `cat > b.conf <<END
FileDaemon {
 Name = test-fd
 FDAddress = 127.0.0.1
 FDPort = $1
 WorkingDirectory = $2
 Pid Directory = $2
}
Director {
 Name = test-dir
 Password = "x"
}
Messages {
 Name = Standard
 stdout = all
}
END
exec bacula-fd -f -c "$2/b.conf"`,
    protocol: /bacula/,
    product: /bacula/i,
    verdict: "protected",
  },
  {
    name: "saned",
    package: "sane-utils",
    program: "saned",
    port: 6566,
    run: perConnection("/usr/sbin/saned"),
    protocol: /sane/,
    product: /sane/i,
    verdict: "exposed",
  },
  {
    name: "diod",
    package: "diod",
    program: "diod",
    port: 564,
    run: 'exec diod -f -n -l "127.0.0.1:$1" -e "$2" -L stderr -c /dev/null',
    protocol: /^9p/,
    product: /diod/i,
    verdict: "inconclusive",
  },
  {
    name: "ganesha",
    package: "nfs-ganesha",
    program: "ganesha.nfsd",
    port: 2049,
    run: `printf 'NFS_Core_Param { Protocols = 4; NFS_Port = %s; Enable_NLM = false; Enable_RQUOTA = false; }\\n' "$1" > g.conf
exec ganesha.nfsd -F -f "$2/g.conf" -L STDERR -p "$2/pid"`,
    protocol: /^nfs$/,
    product: /ganesha/i,
    verdict: "inconclusive",
  },
  {
    name: "glusterd",
    package: "glusterfs-server",
    program: "glusterd",
    port: 24007,
    run: 'mkdir -p w; exec glusterd -N -l - --xlator-option "*.working-directory=$2/w" --xlator-option "*.transport.socket.listen-port=$1" -p "$2/pid"',
    protocol: /gluster|^rpc/,
    product: /gluster/i,
    verdict: "inconclusive",
  },
  {
    name: "hfaxd",
    package: "hylafax-server",
    program: "hfaxd",
    port: 4559,
    run: 'exec hfaxd -d -i "$1"',
    protocol: /hylafax/,
    product: /hylafax/i,
    verdict: "inconclusive",
  },
];
