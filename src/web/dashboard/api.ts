/** Requests to the API. Addresses are relative to the page, so that they work below any path. */

import { tellOtherTabs } from "./other-tabs.ts";
import { reportOutage } from "./outage.ts";

export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

export type Parameters = Readonly<Record<string, string | number | undefined>>;

export interface Session {
  readonly loginNeeded: boolean;
  readonly name?: string;
  readonly role?: "read" | "operate";
}

export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** Cursor of the next page. */
  readonly next?: string;
  /** Of groups: not all rows were counted. */
  readonly partial?: true;
}

/** Calls back when a request was refused because the login has ended. */
let loggedOut: () => void = () => {};

export function onLoggedOut(callback: () => void): void {
  loggedOut = callback;
}

export async function get<Answer>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<Answer> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== "") query.set(name, String(value));
  const text = query.toString();
  return (await send(text === "" ? path : `${path}?${text}`, { signal: signal ?? null })) as Answer;
}

export async function change(method: "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<unknown> {
  const headers = { "Content-Type": "application/json" };
  const answer = await send(path, body === undefined ? { method } : { method, headers, body: JSON.stringify(body) });
  tellOtherTabs();
  return answer;
}

async function send(path: string, options: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(`api/v1/${path}`, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    reportOutage();
    throw new ApiError(0, "Harbinger does not answer. Is it running?");
  }
  const answer: unknown = response.status === 204 ? undefined : await response.json().catch(notJson);
  if (response.ok) return answer;
  if (response.status === 401 && path !== "session") loggedOut();
  throw new ApiError(response.status, messageOf(answer) ?? `The server answered with status ${response.status}.`);
}

/** An answer without JSON has no message. A request that was aborted while its answer came has no answer at all. */
function notJson(error: unknown): undefined {
  if (!(error instanceof SyntaxError)) throw error;
  return undefined;
}

function messageOf(answer: unknown): string | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const message: unknown = Reflect.get(answer, "message");
  // On a page there is one search field: the name of its parameter tells nothing.
  return typeof message === "string" ? message.replace(/^q: /, "") : undefined;
}
