/**
 * The style of HTML mails, for reports and alerts. Some mail clients ignore `<style>`, so everything important is inline;
 * the style sheet only adds dark colours and the layout for narrow screens. Nothing is loaded from the network.
 */
import { escapeHtml } from "../core/safe-text.ts";

const sans = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const mono = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";
const wrap = "overflow-wrap:anywhere;word-break:break-word";

/** Class name to inline style. */
const styles = {
  body: `margin:0;padding:0;background:#eef1f5;color:#1b2430;font:16px/1.5 ${sans};-webkit-text-size-adjust:100%`,
  page: "max-width:640px;margin:0 auto;padding:20px 12px 32px",
  kicker: "margin:0;font-size:14px;color:#566273",
  title: `margin:2px 0 4px;font-size:24px;line-height:1.25;font-weight:700;${wrap}`,
  urgent: "border-left:4px solid #b3261e",
  muted: `margin:0;font-size:14px;color:#566273;${wrap}`,
  totals: "margin:14px 0 0",
  card: "margin:14px 0 0;padding:16px;background:#ffffff;border:1px solid #d5dce5;border-radius:10px",
  heading: `margin:0;font-size:18px;line-height:1.3;font-weight:700;${wrap}`,
  group: "margin:16px 0 2px;font-size:14px;line-height:1.4;font-weight:400;color:#45505f",
  hosts: "width:100%;border-collapse:collapse;border-spacing:0",
  host: `padding:7px 12px 7px 0;border-top:1px solid #e3e8ee;vertical-align:top;width:42%;font:600 15px/1.45 ${mono};${wrap}`,
  about: `padding:7px 0;border-top:1px solid #e3e8ee;vertical-align:top;font-size:14px;line-height:1.5;color:#45505f;${wrap}`,
  name: `font:600 15px/1.45 ${sans};${wrap}`,
  what: "color:#1b2430;font-weight:600",
  detail: "color:#1b2430",
  watch: `padding:7px 12px 7px 0;border-top:1px solid #e3e8ee;vertical-align:top;width:42%;font-size:14px;line-height:1.5;${wrap}`,
  watchNote: `padding:0 0 7px;font-size:14px;color:#5f3d00;${wrap}`,
  place: `margin:14px 0 4px;font:600 14px/1.45 ${mono};${wrap}`,
  fingerprint: `display:inline-block;font:10.5px/1.5 ${mono};color:#566273;word-break:break-all`,
  when: "display:inline-block;color:#566273",
  output: "padding:0 0 10px",
  evidence: `margin:0;padding:9px 11px;background:#f3f5f8;border-radius:6px;color:#1b2430;font:13px/1.45 ${mono};white-space:pre-wrap;${wrap}`,
  below: "margin-top:8px",
  label: `padding:6px 12px 6px 0;border-top:1px solid #e3e8ee;vertical-align:top;width:30%;font-size:14px;line-height:1.5;color:#566273;${wrap}`,
  value: `padding:6px 0;border-top:1px solid #e3e8ee;vertical-align:top;font-size:15px;line-height:1.5;color:#1b2430;${wrap}`,
  code: `font:14px/1.6 ${mono}`,
  count: "width:22%;padding-left:12px;text-align:right;font-weight:700;white-space:nowrap",
  track: "height:4px;margin:4px 0 2px;background:#e3e8ee;border-radius:2px",
  bar: "height:4px;background:#2f6bd0;border-radius:2px",
  quiet: `margin:12px 0 0;color:#45505f;${wrap}`,
  failure: `margin:12px 0 0;padding:10px 12px;background:#fdecea;border-left:4px solid #b3261e;border-radius:4px;color:#7d1a14;${wrap}`,
  remark: `margin:12px 0 0;padding:10px 12px;background:#e8f0fe;border-left:4px solid #2f6bd0;border-radius:4px;color:#123f83;font-size:15px;${wrap}`,
  note: `margin:12px 0 0;padding:10px 12px;background:#fff5dc;border-left:4px solid #a86700;border-radius:4px;color:#5f3d00;font-size:15px;${wrap}`,
  footer: "margin:22px 0 0;font-size:13px;color:#566273;text-align:center",
  badge:
    "display:inline-block;margin:0 6px 6px 0;padding:2px 10px;border-radius:11px;font-size:13px;line-height:20px;font-weight:700;white-space:nowrap;background:#e3e8ee;color:#2c3745",
  good: "background:#d7f0df;color:#0d5126",
  info: "background:#dbe8fd;color:#123f83",
  warn: "background:#ffe9b8;color:#5f3d00",
  bad: "background:#fbd9d6;color:#7d1a14",
} as const;

export type StyleName = keyof typeof styles;

const styleSheet = `
.evidence span{display:inline-block;padding-left:1.2em;text-indent:-1.2em}
@media (max-width:480px){
.host,.watch,.about{display:block!important;width:auto!important}
.host,.watch{padding:9px 0 0!important}
.about{border-top:0!important;padding:0 0 9px!important}
.title{font-size:22px!important}
}
@media (prefers-color-scheme:dark){
.body{background:#11161d!important;color:#e6ebf2!important}
.kicker,.muted,.footer,.when,.fingerprint{color:#9aa7b8!important}
.title,.heading,.host,.what,.place,.watch{color:#f2f5f9!important}
.card{background:#1a212b!important;border-color:#303a48!important}
.urgent{border-left-color:#f2867d!important}
.watchNote{color:#ffe0a0!important}
.host,.watch,.about{border-color:#303a48!important}
.detail{color:#e6ebf2!important}
.about,.quiet,.group{color:#b9c4d2!important}
.evidence{background:#11161d!important;color:#dbe2eb!important}
.failure{background:#3a1a18!important;border-color:#f2867d!important;color:#ffc9c4!important}
.remark{background:#16263f!important;border-color:#6ea2ff!important;color:#bcd6ff!important}
.note{background:#352810!important;border-color:#e2a83c!important;color:#ffe0a0!important}
.badge{background:#323d4c!important;color:#e6ebf2!important}
.good{background:#143d24!important;color:#a9ebbf!important}
.info{background:#18345f!important;color:#bcd6ff!important}
.warn{background:#46340c!important;color:#ffdc8f!important}
.bad{background:#4c1f1b!important;color:#ffc4be!important}
}
`;

/** The dark colours of facts and bars, for pages that have them. */
export const factRules = `
@media (prefers-color-scheme:dark){
.label{color:#9aa7b8!important;border-color:#303a48!important}
.value{color:#e6ebf2!important;border-color:#303a48!important}
.track{background:#303a48!important}
.bar{background:#6ea2ff!important}
}
`;

/** Markup that is complete and safe to embed; made only by {@link element} and {@link text}. */
export type Markup = string & { readonly markup: true };

/** Text as content. */
export function text(content: string): Markup {
  return escapeHtml(content) as Markup;
}

/** Elements that end a line, so that a page can be read and compared. */
const blocks = new Set(["h1", "h2", "h3", "p", "div", "tr", "table"]);

/** An element with the inline styles and the classes of `look`. */
export function element(tag: string, look: StyleName | readonly StyleName[], ...content: readonly Markup[]): Markup {
  const names = typeof look === "string" ? [look] : look;
  const end = `</${tag}>${blocks.has(tag) ? "\n" : ""}`;
  if (names.length === 0) return `<${tag}>${content.join("")}${end}` as Markup;
  const style = names.map((name) => styles[name]).join(";");
  return `<${tag} class="${names.join(" ")}" style="${escapeHtml(style)}">${content.join("")}${end}` as Markup;
}

/** A table row with one cell across both columns. */
export function wideRow(look: StyleName, ...content: readonly Markup[]): Markup {
  return `<tr><td colspan="2" class="${look}" style="${escapeHtml(styles[look])}">${content.join("")}</td></tr>\n` as Markup;
}

/** A bar as long as a share of the whole, 0 to 1. */
export function bar(share: number): Markup {
  const percent = Math.round(Math.min(Math.max(share, 0.01), 1) * 100);
  return element("div", "track", `<div class="bar" style="${styles.bar};width:${percent}%"></div>` as Markup);
}

/**
 * The whole page, ready to be sent: `content` inside a body, with the style sheet and the meta elements that mail clients need.
 * @param moreRules of the style sheet, such as {@link factRules}
 */
export function htmlDocument(title: string, content: Markup, moreRules = ""): string {
  return [
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    '<meta name="color-scheme" content="light dark">\n',
    '<meta name="supported-color-schemes" content="light dark">\n',
    `<title>${escapeHtml(title)}</title>\n<style>${styleSheet}${moreRules}</style>\n</head>\n`,
    element("body", "body", content),
    "\n</html>\n",
  ].join("");
}
