/** A list in groups: the server names and counts the groups of all its rows, and each opens its own. */
import { useState } from "preact/hooks";
import { safeText } from "../../core/safe-text.ts";
import type { GroupJson } from "../../present/groups/group-schema.ts";
import type { ListView } from "./list-view.ts";
import { Failure } from "./parts.tsx";
import { type List, useList } from "./state.ts";
import { LoadMore, Table, type TableProps } from "./table.tsx";
import { ViewFaults } from "./view-faults.tsx";
import { keepAnswer, keptAnswer } from "./visits.ts";

export interface Grouping {
  /** `by` of the API. */
  readonly name: string;
  readonly title: string;
  /** The name of the rows that have none. */
  readonly none: string;
}

export const bySubnet: Grouping = { name: "subnet", title: "Subnet", none: "No address" };
export const byDevice: Grouping = { name: "device", title: "Device", none: "Unknown device" };
export const byLabel: Grouping = { name: "label", title: "Label", none: "No watch" };
export const byVendor: Grouping = { name: "vendor", title: "Vendor", none: "Unknown vendor" };

interface GroupedListProps<Row> extends Pick<TableProps<Row>, "caption" | "keyOf" | "empty"> {
  /** Of the list in the API. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly choices: readonly Grouping[];
  readonly view: ListView;
  readonly columns: (list: List<Row>) => TableProps<Row>["columns"];
}

/** A list as one table, or as groups with a table each; and the choice between them. */
export function GroupedList<Row>(props: GroupedListProps<Row>) {
  const { choices, view } = props;
  const grouping = choices.find(({ name }) => name === view.group);
  return (
    <>
      <ViewFaults faults={view.faults} />
      <p class="grouping">
        <label for="grouping">Group by</label>
        <select id="grouping" value={view.group} onChange={(event) => view.groupBy(event.currentTarget.value)}>
          <option value="">Nothing</option>
          {choices.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </p>
      {grouping === undefined ? <Rows {...props} /> : <Groups key={grouping.name} {...props} grouping={grouping} />}
    </>
  );
}

function Rows<Row>({ path, parameters, view: { sorting }, columns, ...table }: GroupedListProps<Row>) {
  const list = useList<Row>(path, parameters);
  return <Table {...table} columns={columns(list)} list={list} sorting={sorting} />;
}

/** Groups are open at first as long as that makes no more rows than these. */
const openRows = 200;

function Groups<Row>(props: GroupedListProps<Row> & { readonly grouping: Grouping }) {
  const { path, parameters, grouping, empty } = props;
  const { q = "" } = parameters;
  const list = useList<GroupJson>(`${path}/groups`, { by: grouping.name, q });
  const kept = `open groups of ${path} by ${grouping.name} ${q}`;
  const [toggled, setToggled] = useState<ReadonlySet<string>>(() => keptAnswer<ReadonlySet<string>>(kept) ?? new Set());
  const toggle = (key: string) => {
    const next = new Set(toggled);
    if (!next.delete(key)) next.add(key);
    keepAnswer(kept, next);
    setToggled(next);
  };
  let before = 0;
  return (
    <>
      <Failure message={list.error} again={list.isRefused === true ? undefined : list.reload} />
      {list.isPartial === true ? (
        <p class="note">
          The list is too long to count all that the search finds: these are the groups of its first rows.
        </p>
      ) : null}
      {list.rows.length === 0 && !list.isLoading && list.error === undefined ? <p class="empty">{empty}</p> : null}
      {list.rows.map(({ key = "", name, count }) => {
        before += count;
        const isOpen = before <= openRows !== toggled.has(key);
        const title = `${name ?? ""}${name === undefined || key === "" ? "" : ", "}${key === "" ? grouping.none : key}`;
        return (
          <section key={key} class="group">
            <h2>
              <button type="button" class="quiet" aria-expanded={isOpen} onClick={() => toggle(key)}>
                <span aria-hidden="true">{isOpen ? "▾" : "▸"}</span> <bdi>{safeText(title, { limit: 120 })}</bdi>:{" "}
                {count}
              </button>
            </h2>
            {isOpen ? (
              <Rows
                {...props}
                caption={`${props.caption}, ${safeText(title, { limit: 120 })}`}
                parameters={{ ...parameters, group: `${grouping.name}:${key}` }}
              />
            ) : null}
          </section>
        );
      })}
      <LoadMore list={list} />
    </>
  );
}
