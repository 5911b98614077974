import * as z from "zod";
import { HarbingerError } from "../../core/errors.ts";
import { type Page, type PageQuery, parseCursor } from "../../core/page.ts";
import type { WebApp } from "../app.ts";

/** Rows of a page if the client does not ask for a number, and at most. */
const usualLimit = 100;
const maxLimit = 1000;

/** The query parameters that every list has. */
const pageFields = {
  limit: z.coerce.number().int().min(1).max(maxLimit).default(usualLimit).meta({ description: "Rows at most." }),
  cursor: z.string().max(512).optional().meta({ description: "`next` of the page before." }),
  order: z.enum(["ascending", "descending"]).optional().meta({ description: "By the sort key of the list." }),
};

type Filters = Readonly<Record<string, z.ZodType>>;

export interface ListRoute<Fields extends Filters, Row, Json> {
  /** Below `/api/v1`: `/connections`. */
  readonly path: string;
  /** Of the OpenAPI document: what the rows are, and in which order. */
  readonly summary: string;
  /** Query parameters besides limit, cursor and order. */
  readonly filters: Fields;
  /** Of one row, for the OpenAPI document. */
  readonly rowSchema: z.ZodType;
  readonly read: (query: PageQuery, filters: z.output<z.ZodObject<Fields>>) => Promise<Page<Row>>;
  /** One function of `present/`, as `--json` uses it. */
  readonly json: (row: Row) => Json;
}

/** Adds a list that is read page by page: `{ "rows": [...], "next": "..." }`. */
export function listRoute<Fields extends Filters, Row, Json>(app: WebApp, route: ListRoute<Fields, Row, Json>): void {
  const { path, summary, filters, rowSchema, read, json } = route;
  const wholeQuery = z.strictObject({ ...pageFields, ...filters });
  const pageQuery = z.object(pageFields);
  const ownFilters = z.object(filters);
  app.get(
    `/api/v1${path}`,
    {
      config: { right: "read" },
      schema: {
        summary,
        tags: [path.slice(1)],
        querystring: wholeQuery,
        response: { 200: z.strictObject({ rows: z.array(rowSchema), next: z.string().optional() }) },
      },
      // Parsed below, where its two parts have their own types.
      validatorCompiler: () => (value) => ({ value }),
    },
    async ({ query }, reply) => {
      wholeQuery.parse(query);
      const { limit, cursor, order } = pageQuery.parse(query);
      const after = cursor === undefined ? undefined : parseCursor(cursor);
      if (cursor !== undefined && after === undefined) throw new HarbingerError("usage", "cursor: not one of this API");
      const { rows, next } = await read({ limit, after, order }, ownFilters.parse(query));
      return await reply.header("Cache-Control", "no-store").send({ rows: rows.map(json), next });
    },
  );
}
