/** Debian's Chromium, with the pages of a running program. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { projectRoot } from "../../scripts/package/project.ts";
import { findProgram } from "../../src/platform/programs.ts";

const axe = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

const options = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The same browser with and without a window: the whole one starts its own pages too, which takes four times the processor time. */
const programs = ["chromium-headless-shell", "chromium"];

/** Why there is no browser for pages, or `undefined`. */
export function whyNoBrowser(): string | undefined {
  return programs.some((name) => findProgram(name) !== undefined) ? undefined : "chromium is not installed";
}

export async function startBrowser() {
  const executablePath = programs.map((name) => findProgram(name)).find((file) => file !== undefined);
  if (executablePath === undefined) throw new Error("install chromium-headless-shell or chromium");
  return await chromium.launch({ executablePath, args: options });
}

/** The program under test takes the pages from there. */
export async function buildPages(): Promise<void> {
  const script = path.join(projectRoot, "scripts", "pages", "build-pages.ts");
  await promisify(execFile)(process.execPath, [script, "--if-changed"], { cwd: projectRoot });
}

export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page did wrong: exceptions, blocked content, requests to other servers. */
  readonly faults: readonly string[];
}

/** A page that records what it does wrong. */
export async function openPage(
  browser: Awaited<ReturnType<typeof startBrowser>>,
  base: string,
  settings: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (/content security policy|refused to/i.test(text)) faults.push(text);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith("data:")) faults.push(`request: ${url}`);
  });
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, context, faults };
}

/** What axe finds: by default what is serious or critical. */
export async function accessibilityFaults(
  page: Page,
  { every = false }: { readonly every?: boolean } = {},
): Promise<readonly string[]> {
  // Through the developer tools: the policy of the page allows no other script.
  await page.evaluate(axe);
  return await page.evaluate(async (all) => {
    const { violations } = await (globalThis as unknown as { axe: typeof import("axe-core") }).axe.run();
    return violations
      .filter(({ impact }) => all || impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
  }, every);
}
