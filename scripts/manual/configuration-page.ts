import type { PageEdition } from "./command-page.ts";
import type { ConfigurationKey, ConfigurationSection } from "./configuration-keys.ts";
import { bold, definition, heading, joined, literal, pageHead, paragraph, subheading } from "./roff.ts";

/** `harbinger.yaml(5)`. */
export function configurationPage(sections: readonly ConfigurationSection[], edition: PageEdition): string {
  return joined([
    pageHead({ name: "harbinger.yaml", section: 5, ...edition }),
    heading("name"),
    "harbinger.yaml \\- configuration of harbinger\n",
    heading("description"),
    paragraph(
      "harbinger(1) reads one YAML file: the one that --config or else HARBINGER_CONFIG in the environment names; else harbinger.yaml in the working directory; else /etc/harbinger/harbinger.yaml, or on FreeBSD /usr/local/etc/harbinger/harbinger.yaml. An unknown key or a wrong value is an error; harbinger config check tells all of them, each with line and column.",
    ),
    paragraph(
      "Durations have a unit: 500ms, 30s, 15m, 2h, 7d, 1w, 1h30m. Switches are yes, no, on, off, true or false. Files that Harbinger writes are relative to the working directory, or to that of the service (/var/lib/harbinger, /var/db/harbinger) where the file in /etc was found without being named; files that it reads for its configuration to the folder of the configuration file.",
    ),
    paragraph(
      "A secret can stand in a file, which the key with _file behind its name names, or in the environment, in the variable that is named with it. Keys that start with x- are free to hold YAML anchors.",
    ),
    heading("keys"),
    ...sections.flatMap(({ path, description, keys }) => [
      subheading(path === "" ? "at the top" : path),
      ...(description === "" ? [] : [paragraph(description)]),
      ...keys.map((key) => definition(bold(key.name), keyText(key))),
    ]),
    heading("examples"),
    literal(example),
    heading("see also"),
    paragraph("harbinger(1), harbinger-config(1)"),
  ]);
}

const example = `watches:
  lan-web:
    targets: [192.168.1.0/24]
    ports: [80, 443, 8000-8100]
    email: security@example.org
    schedule: "*/15 * * * *"
listeners:
  decoy: { ports: [22, 1417, 3389] }
alerts:
  email: security@example.org
email:
  smtp_server: smtp.example.org
  username: harbinger@example.org
  password_file: /run/secrets/smtp`;

function keyText({ type, required, standard, description, otherwise }: ConfigurationKey): string {
  const facts = [
    type.replaceAll("`", ""),
    ...(required ? ["required"] : []),
    ...(standard === undefined ? [] : [`default: ${standard}`]),
    ...(otherwise.length === 0 ? [] : [`or ${otherwise.join(", ")}`]),
  ];
  return `${description}\n(${facts.join("; ")})`;
}
