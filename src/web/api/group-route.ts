/** Groups of the rows of a list, of all that a search finds: which there are, and how many rows each has. */
import * as z from "zod";
import { bindCursor, type Page } from "../../core/page.ts";
import {
  type GroupedList,
  type Grouping,
  groupings,
  parseGroup,
  type RowGroup,
  type WatchLabels,
} from "../../core/row-groups.ts";
import { groupSchema } from "../../present/groups/group-schema.ts";
import type { WebApp } from "../app.ts";
import type { RunningState } from "../context.ts";
import { parseRequest } from "../request-faults.ts";
import { wholeNumber } from "./filter-fields.ts";
import { foundRows, maxLimit, usualLimit, wholeListBounds } from "./list-pages.ts";
import { cursorOf, type Filters, type ListRoute, pageFields, searchAndFilters, searchParameter } from "./list-route.ts";

export interface GroupsQuery<Row> {
  readonly by: Grouping;
  readonly limit: number;
  readonly after: Page<never>["next"];
  /** What a search found that the store cannot apply. */
  readonly only?: readonly Row[];
}

export interface GroupRoute<Fields extends Filters, Row> {
  readonly by: readonly Grouping[];
  readonly read: (query: GroupsQuery<Row>, filters: z.output<z.ZodObject<Fields>>) => Promise<Page<RowGroup>>;
}

/** The groups of a list at its path with `/groups`; it takes the search and the filters of the list. */
export function groupRoute<Fields extends Filters, Row, Json extends object>(
  app: WebApp,
  list: ListRoute<Fields, Row, Json>,
  { by: choices, read }: GroupRoute<Fields, Row>,
): void {
  const by = z.enum(choices).meta({ description: "What the rows of a group have in common." });
  const { sort: _sort, group: _group, ...filters } = list.filters as Filters;
  const { cursor } = pageFields;
  const limit = wholeNumber(1, maxLimit)
    .default(usualLimit)
    .meta({
      description: `Groups at most: up to ${maxLimit}, by default ${usualLimit}.`,
    });
  const q = searchParameter(list.terms);
  const querystring = z.strictObject({ by, limit, cursor, q, ...filters });
  const common = z.object({ by, limit, cursor, q });
  const partial = z
    .literal(true)
    .optional()
    .meta({
      description: `The search compares each row, and there are more than ${wholeListBounds.maxRows}: only the first ones were counted.`,
    });
  app.get(
    `/api/v1${list.path}/groups`,
    {
      config: { right: "read" },
      schema: {
        summary: `Groups of ${list.path.slice(1)}, with how many rows that fit each of them has.`,
        description: "Rows of one group: the list itself, with `group`.",
        tags: [list.path.slice(1)],
        querystring,
        response: {
          200: z.strictObject({ rows: z.array(groupSchema), next: z.string().optional(), partial }),
        },
      },
      // Parsed below, where its two parts have their own types.
      validatorCompiler: () => (value) => ({ value }),
    },
    async ({ query }, reply) => {
      parseRequest(querystring, query);
      const asked = parseRequest(common, query);
      const { search, chosen } = searchAndFilters(app, list, { query, text: asked.q });
      const found =
        search.tests.length === 0
          ? undefined
          : await foundRows({ ...list, search, read: (page) => list.read(page, chosen) });
      const place = `${list.path}/groups ${asked.by}`;
      const { rows, next } = await read(
        {
          by: asked.by,
          limit: asked.limit,
          after: cursorOf(asked.cursor, place),
          ...(found === undefined ? {} : { only: found.rows }),
        },
        chosen,
      );
      return await reply.send({
        rows: [...rows],
        ...(next === undefined ? {} : { next: bindCursor(next, place) }),
        ...(found?.isWhole === false ? { partial: true as const } : {}),
      });
    },
  );
}

/** `subnet:192.168.1.0/24`: one of the groups of a list; without a value those rows that have none. */
export function groupFilter(list: GroupedList, labels: () => WatchLabels) {
  const choices: readonly Grouping[] = groupings[list];
  return z
    .string()
    .max(600)
    .transform((text, context) => {
      const colon = text.indexOf(":");
      const by = choices.find((name) => name === text.slice(0, Math.max(0, colon)));
      const group = by === undefined ? undefined : parseGroup(by, text.slice(colon + 1), labels());
      if (group !== undefined) return group;
      context.addIssue({
        code: "custom",
        message: `expected ${choices.join(", ")}, a colon and the key of a group of /${list}/groups, such as subnet:192.168.1.0/24`,
      });
      return z.NEVER;
    })
    .meta({
      description: `Rows of one group of \`/${list}/groups\`: \`subnet:192.168.1.0/24\`; without a key, those that have none.`,
    });
}

/** Labels of the configured watches, by name. */
export function watchLabels(running: RunningState): WatchLabels {
  return new Map(running.watches().map(({ watch }) => [watch.name, watch.label]));
}
