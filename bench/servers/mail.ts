import { perConnection, type ServerCase } from "./server-case.ts";

/** Servers of mail, news and chat. */
export const mailServers: readonly ServerCase[] = [
  {
    name: "ngircd",
    package: "ngircd",
    program: "ngircd",
    port: 6667,
    run: `cat > ngircd.conf <<END
[Global]
Name = irc.example.org
Info = test
Listen = 127.0.0.1
Ports = $1
ServerUID = irc
ServerGID = irc
[Options]
DNS = no
Ident = no
PAM = no
[Limits]
MaxConnectionsIP = 0
END
chmod 644 ngircd.conf
exec ngircd -n -f "$2/ngircd.conf"`,
    protocol: /^irc$/,
    product: /ngircd/i,
    verdict: "inconclusive",
  },
  {
    name: "dovecot-managesieved",
    package: "dovecot-managesieved",
    program: "dovecot",
    port: 4190,
    run: dovecot(
      "sieve",
      "service managesieve-login {\n inet_listener sieve {\n  address = 127.0.0.1\n  port = $1\n }\n}",
    ),
    protocol: /sieve/,
    product: /dovecot/i,
    verdict: "protected",
  },
  {
    name: "dovecot-lmtpd",
    package: "dovecot-lmtpd",
    program: "dovecot",
    port: 24,
    run: dovecot("lmtp", "service lmtp {\n inet_listener lmtp {\n  address = 127.0.0.1\n  port = $1\n }\n}"),
    protocol: /^lmtp$/,
    product: /dovecot/i,
    verdict: "inconclusive",
  },
  {
    name: "spamd",
    settleSeconds: 20,
    package: "spamd",
    program: "spamd",
    port: 783,
    run: 'exec spamd -L -x -i 127.0.0.1 -p "$1" --siteconfigpath=/etc/spamassassin --username=nobody -H "$2"',
    protocol: /^spam/,
    product: /spamassassin/i,
    verdict: "exposed",
  },
  {
    name: "kamailio",
    package: "kamailio",
    program: "kamailio",
    port: 5060,
    run: `cat > k.cfg <<END
debug=2
log_stderror=yes
children=1
listen=tcp:127.0.0.1:$1
loadmodule "sl.so"
request_route {
  sl_send_reply("200", "OK");
}
END
exec kamailio -DD -E -Y "$2" -P "$2/pid" -f k.cfg`,
    protocol: /^sips?$/,
    product: /kamailio/i,
    verdict: "inconclusive",
  },
  {
    name: "prosody",
    package: "prosody",
    program: "prosody",
    port: 5222,
    run: `cat > p.lua <<END
pidfile = "$2/pid"
data_path = "$2"
run_as_root = true
c2s_ports = { $1 }
s2s_ports = { }
interfaces = { "127.0.0.1" }
modules_enabled = { "saslauth", "disco" }
c2s_require_encryption = false
log = "*console"
VirtualHost "example.org"
END
exec prosody -F --config p.lua`,
    protocol: /xmpp|jabber/,
    product: /prosody/i,
    verdict: "protected",
  },
  {
    name: "popa3d",
    package: "popa3d",
    program: "popa3d",
    port: 110,
    run: perConnection("/usr/sbin/popa3d"),
    protocol: /^pop3$/,
    product: /popa3d/i,
    verdict: "protected",
  },
  {
    name: "mailutils-imap4d",
    package: "mailutils-imap4d",
    program: "imap4d",
    port: 143,
    run: perConnection("/usr/sbin/imap4d --inetd"),
    protocol: /^imap$/,
    product: /mailutils/i,
    verdict: "protected",
  },
  {
    name: "aiosmtpd",
    package: "python3-aiosmtpd",
    program: "python3",
    port: 25,
    run: 'exec /usr/bin/python3 -m aiosmtpd -n -l "127.0.0.1:$1"',
    protocol: /^smtp$/,
    product: /aiosmtpd|Python SMTP/i,
    verdict: "inconclusive",
  },
  {
    name: "leafnode",
    package: "leafnode",
    program: "leafnode",
    port: 119,
    run: perConnection("/usr/sbin/leafnode"),
    protocol: /^nntp$/,
    product: /leafnode/i,
    verdict: "inconclusive",
  },
  {
    name: "mumble-server",
    package: "mumble-server",
    program: "murmurd",
    port: 64738,
    run: `cat > m.ini <<END
database=$2/m.sqlite
port=$1
host=127.0.0.1
logfile=
uname=
END
chmod 777 "$2"; exec setpriv --reuid=nobody --clear-groups murmurd -fg -ini m.ini`,
    protocol: /murmur|mumble/,
    product: /murmur|mumble/i,
    verdict: "inconclusive",
  },
  {
    name: "inspircd",
    package: "inspircd",
    program: "inspircd",
    port: 6667,
    run: `cat > i.conf <<END
<server name="irc.example.org" description="test" network="Test">
<admin name="a" nick="a" email="a@example.org">
<bind address="127.0.0.1" port="$1" type="clients">
<connect allow="*">
<log method="file" type="*" level="default" target="/dev/stderr">
<pid file="$2/pid">
END
chmod 644 i.conf
exec inspircd --nofork --runasroot --nopid --config "$2/i.conf"`,
    protocol: /^irc$/,
    product: /inspircd/i,
    verdict: "inconclusive",
  },
  {
    name: "bitlbee",
    package: "bitlbee",
    program: "bitlbee",
    port: 6667,
    run: 'printf "[settings]\\nRunMode = Daemon\\nUser = nobody\\n" > b.conf; exec bitlbee -F -n -i 127.0.0.1 -p "$1" -c b.conf -d "$2" -P "$2/pid"',
    protocol: /^irc$/,
    product: /bitlbee/i,
    verdict: "inconclusive",
  },
  {
    name: "opendkim",
    package: "opendkim",
    program: "opendkim",
    port: 8891,
    run: 'exec opendkim -f -p "inet:$1@127.0.0.1" -b v -u root -P "$2/pid"',
    protocol: /^milter$/,
    product: /opendkim/i,
    verdict: "inconclusive",
  },
];

function dovecot(protocol: string, service: string): string {
  return `cat > d.conf <<END
base_dir = $2/run
state_dir = $2/state
log_path = /dev/stderr
protocols = ${protocol}
ssl = no
disable_plaintext_auth = no
default_login_user = nobody
default_internal_user = nobody
passdb {
 driver = static
 args = nopassword=n
}
userdb {
 driver = static
 args = uid=65534 gid=65534 home=/nonexistent
}
${service}
END
exec dovecot -F -c d.conf`;
}
