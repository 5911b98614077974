import { bar, element, factRules, htmlDocument, type Markup, text } from "../../present/html-style.ts";
import type { AlertPage, CountList, FactGroup } from "./page.ts";

/** An alert as the HTML part of a mail: the title, a card for each group, the payload last. */
export function pageHtml(title: string, page: AlertPage): string {
  const { kind, marks, remark, groups, lists, payload, more } = page;
  return htmlDocument(
    title,
    element(
      "div",
      "page",
      element("p", "kicker", text(`Harbinger: ${kind}`)),
      element("h1", "title", text(title)),
      ...(marks.length === 0
        ? []
        : [element("div", "totals", ...marks.map((mark) => element("span", ["badge", mark.look], text(mark.text))))]),
      ...(remark === undefined ? [] : [element("p", "quiet", text(remark))]),
      ...groups.map(groupCard),
      ...lists.map(listCard),
      ...(payload === undefined
        ? []
        : [
            element(
              "div",
              "card",
              element("h2", "heading", text(payload.label)),
              element("pre", ["evidence", "below"], text(payload.text)),
            ),
          ]),
      element("p", "footer", text(more === undefined ? "Sent by Harbinger." : `All of them: ${more}`)),
    ),
    factRules,
  );
}

function groupCard({ heading, facts }: FactGroup): Markup {
  const rows = facts.map(({ label, value, isCode }) =>
    element(
      "tr",
      [],
      element("td", "label", text(label)),
      element("td", isCode === true ? ["value", "code"] : "value", text(value)),
    ),
  );
  return element("div", "card", element("h2", "heading", text(heading)), element("table", ["hosts", "below"], ...rows));
}

/** Each with a bar as long as its share of the busiest. */
function listCard({ heading, entries, rest }: CountList): Markup {
  const most = Math.max(1, ...entries.map(({ connections }) => connections));
  const rows = entries.map(({ name, connections }) =>
    element(
      "tr",
      [],
      element("td", ["value", "code"], text(name), bar(connections / most)),
      element("td", ["value", "count"], text(String(connections))),
    ),
  );
  return element(
    "div",
    "card",
    element("h2", "heading", text(heading)),
    element("table", ["hosts", "below"], ...rows),
    ...(rest === undefined ? [] : [element("p", "quiet", text(rest))]),
  );
}
