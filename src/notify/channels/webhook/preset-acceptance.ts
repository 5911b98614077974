import {
  type Acceptance,
  type Accepts,
  accepted,
  acceptsAnySuccess,
  isWebPage,
  jsonObject,
  notFrom,
  refused,
  reportsFailure,
  type SuccessAnswer,
  webPage,
} from "../http/acceptance.ts";
import type { PresetName } from "./presets.ts";

/** Accepts the documented answer of a service; a web page is never accepted. */
function service(name: string, check: (answer: SuccessAnswer) => Acceptance | boolean): Accepts {
  return (answer) => {
    if (isWebPage(answer)) return webPage;
    const result = check(answer);
    if (typeof result !== "boolean") return result;
    return result ? accepted : notFrom(name, answer);
  };
}

/**
 * `ok` as text (https://api.slack.com/messaging/webhooks); Mattermost answers the same, and other services that accept Slack's
 * format answer in JSON: `{"success":true}` (Rocket.Chat, Synology Chat), `{"ok":true}` (Slack's workflows),
 * `{"result":"success"}` (Zulip).
 */
const slack = service("Slack", ({ text }) => {
  if (isOk(text)) return true;
  const json = jsonObject(text);
  return (
    json !== undefined &&
    !reportsFailure(json) &&
    (json["ok"] === true || json["success"] === true || json["result"] === "success")
  );
});

/**
 * The message as it was stored, because we ask for it (`wait=true`), or 204 from programs that imitate Discord.
 * https://discord.com/developers/docs/resources/webhook#execute-webhook; addresses that end in `/slack` answer `ok`.
 */
const discord = service("Discord", ({ status, text }) => {
  if (status === 204 || isOk(text)) return true;
  const json = jsonObject(text);
  return json !== undefined && isId(json["id"]) && (isId(json["channel_id"]) || isId(json["webhook_id"]));
});

/**
 * A workflow accepts a message with 202 (and runs later), a connector with 200 and `1`. A connector answers 200 also where
 * Teams refused the message: "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 ...".
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#rate-limiting-for-connectors
 */
const teams = service("Teams", ({ status, text }) => {
  const teamsStatus = /\breturned HTTP error (\d{3})\b/.exec(text.slice(0, 2000))?.[1];
  if (teamsStatus !== undefined) return refusedByTeams(Number(teamsStatus));
  return (status === 202 && !/\bdelivery failed\b/i.test(text.slice(0, 2000))) || text.trim() === "1";
});

/** By the status that Teams gave to the connector; statuses other than these do not show what happened to the message. */
function refusedByTeams(status: number): Acceptance {
  const isKnown = status === 413 || status === 429 || (status >= 500 && status < 600);
  return refused(
    `Teams, to which it forwards messages, refused this one (HTTP ${status})`,
    isKnown ? status : undefined,
  );
}

/** The stored message with its number. https://gotify.net/api-docs#/message/createMessage */
const gotify = service("Gotify", ({ text }) => {
  const json = jsonObject(text);
  return json !== undefined && Number.isSafeInteger(json["id"]) && typeof json["message"] === "string";
});

/** `{"ok":true,"result":{"message_id":1,...}}`. https://core.telegram.org/bots/api#making-requests */
const telegram = service("Telegram", ({ text }) => {
  const json = jsonObject(text);
  if (json === undefined) return false;
  const { ok, result, error_code: code } = json;
  if (ok === false) {
    return refused("reported a failure", typeof code === "number" && code >= 400 && code < 600 ? code : undefined);
  }
  return ok === true && typeof result === "object" && result !== null && "message_id" in result;
});

export const presetAcceptance: Readonly<Record<PresetName, Accepts>> = {
  generic: acceptsAnySuccess,
  slack,
  discord,
  teams,
  gotify,
  telegram,
};

function isOk(text: string): boolean {
  return /^"?ok"?$/i.test(text.slice(0, 20).trim());
}

/** A snowflake: the number that Discord gives to each object. */
function isId(value: unknown): boolean {
  return typeof value === "string" && /^\d{1,20}$/.test(value);
}
