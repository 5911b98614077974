import { iscsiNegotiation, parseIscsiAnswer } from "../../../../wire/iscsi/server.ts";
import { ninePVersion, parseNinePVersion } from "../../../../wire/ninep/server.ts";
import { openVpnReset, parseOpenVpnReset } from "../../../../wire/openvpn/server.ts";
import { parseSnmpReport, snmpDiscovery } from "../../../../wire/snmp/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** Sends only the first packet of a session. */
export const openvpn: ProtocolModule = {
  name: "openvpn",
  title: "OpenVPN",
  ports: [1194],
  proves: "protected",
  async recognise(conversation) {
    const answer = await conversation.ask(openVpnReset, parseOpenVpnReset);
    if (answer.kind !== "received") return undefined;
    return {
      protocol: "openvpn",
      product: "OpenVPN",
      evidence: "P_CONTROL_HARD_RESET_SERVER_V2",
      judge: () => isProtected("a TLS handshake follows"),
    };
  },
};

/** Which authentication a target requires for discovery; without a login. */
export const iscsi: ProtocolModule = {
  name: "iscsi",
  title: "iSCSI",
  ports: [3260],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(iscsiNegotiation, parseIscsiAnswer);
    if (answer.kind !== "received") return undefined;
    const { statusClass, statusDetail, authentication } = answer.value;
    return {
      protocol: "iscsi",
      evidence: `Login Response ${statusClass}.${statusDetail}${authentication === undefined ? "" : `, AuthMethod=${authentication}`}`,
      judge() {
        if (authentication === "None") return exposed("lets any client list its targets: AuthMethod=None");
        if (authentication !== undefined) return isProtected(`requires authentication: ${authentication}`);
        return statusClass === 2
          ? isProtected(`refuses this client: ${statusClass}.${statusDetail}`)
          : inconclusive("does not report which authentication it requires");
      },
    };
  },
};

/** The discovery of an engine, which needs no user (RFC 3414, 4). No community is tried. */
export const snmp: ProtocolModule = {
  name: "snmp",
  title: "SNMP",
  ports: [161],
  proves: "inconclusive",
  async recognise(conversation) {
    const answer = await conversation.ask(snmpDiscovery, parseSnmpReport);
    if (answer.kind !== "received") return undefined;
    const { engine, maker } = answer.value;
    return {
      protocol: "snmp",
      product: maker,
      evidence: `engine ${engine}`,
      judge: () => inconclusive("whether a community is open is known only after trying one"),
    };
  },
};

export const ninep: ProtocolModule = {
  name: "9p",
  title: "9P",
  ports: [564],
  proves: "inconclusive",
  async recognise(conversation) {
    const answer = await conversation.ask(ninePVersion, parseNinePVersion);
    if (answer.kind !== "received") return undefined;
    return {
      protocol: "9p",
      evidence: `Rversion ${answer.value.dialect}`,
      judge: () => inconclusive("what it allows is known only after attaching"),
    };
  },
};
