/** Every chain in the earlier tool's document that uses only its helper scripts, unchanged. */
export const chains = {
  http: "python post_command/port_check.py {host} {port} && python post_command/http_check.py {host} {port}",
  https:
    "python post_command/port_check.py {host} {port} && python post_command/tls_check.py {host} {port} && python post_command/http_check.py {host} {port} https",
  webApp:
    "python post_command/port_check.py {host} {port} && python post_command/http_check.py {host} {port} http /api/status",
  kafka:
    "python post_command/port_check.py {host} {port} && (python post_command/tls_check.py {host} {port} && python post_command/kafka.py --tls {host} {port} || python post_command/kafka.py {host} {port})",
  kafkaAlone: "python post_command/kafka.py {host}:{port}",
  certificate:
    "python post_command/port_check.py {host} {port} && python post_command/tls_check.py {host} {port} && python post_command/cert_collector.py {host} {port} && python post_command/kafka.py --tls {host} {port}",
} as const;

/** Those with another program in them. */
export const mixedChains = {
  nmap: "python post_command/port_check.py {host} {port} && nmap -sV -p {port} {host}",
  curl: "python post_command/port_check.py {host} {port} && (python post_command/tls_check.py {host} {port} && curl -k -I https://{host} || curl -I http://{host})",
} as const;
