import type { TextQuestion } from "../greeting/text-answers.ts";

/** BOINC, GuiRpcProtocol: `exchange_versions`, which needs no password. */
export const boincVersions: TextQuestion = {
  ask: "<boinc_gui_rpc_request>\n<exchange_versions/>\n</boinc_gui_rpc_request>\n\x03",
  prefix: "<boinc_gui_rpc_reply>",
  answer:
    /^<boinc_gui_rpc_reply>\s*<server_version>\s*<major>(?<major>\d+)<\/major>\s*<minor>(?<minor>\d+)<\/minor>\s*<release>(?<release>\d+)</,
  errorAnswer: /^<boinc_gui_rpc_reply>/,
};
