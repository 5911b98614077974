/** The list of certificates. */
import type { CertificateJson } from "../../../../present/certificates/certificate-schema.ts";
import { type ListChoices, listView } from "../../list-view.ts";
import { Expiry, HostLink } from "../../network-words.tsx";
import { Foreign, OnNarrow, UtcDate } from "../../parts.tsx";
import { useList } from "../../state.ts";
import { type Column, Table } from "../../table.tsx";
import { ViewFaults } from "../../view-faults.tsx";
import { emptyWords, type NetworkListProps } from "./list-words.ts";

const certificateColumns: readonly Column<CertificateJson>[] = [
  {
    title: "Subject",
    narrow: { line: 1, part: "start" },
    cell: ({ subject, names }) => <Foreign text={names[0] ?? subject} />,
  },
  {
    title: "Expires in",
    width: "expiry",
    narrow: { line: 1, part: "end" },
    sortBy: "expiry",
    cell: (certificate) => <Expiry certificate={certificate} />,
  },
  {
    title: "Until",
    width: "minute",
    narrow: { line: 4 },
    cell: ({ validTo }) => (
      <>
        <OnNarrow>until </OnNarrow>
        <UtcDate iso={validTo} />
      </>
    ),
  },
  {
    title: "Issuer",
    narrow: { line: 3 },
    cell: ({ issuer, selfSigned }) =>
      selfSigned ? (
        "self-signed"
      ) : (
        <>
          <OnNarrow>issued by </OnNarrow>
          <Foreign text={issuer} />
        </>
      ),
  },
  {
    title: "Presented by",
    width: "endpoint",
    narrow: { line: 2 },
    cell: ({ services, currentCount }) => {
      const first = services.find(({ current }) => current);
      return first === undefined ? null : (
        <>
          <HostLink address={first.address} port={first.port} />
          {currentCount > 1 ? ` +${currentCount - 1}` : ""}
        </>
      );
    },
  },
];

const certificateChoices: ListChoices = { sorts: ["expiry"] };

export function Certificates({ place }: NetworkListProps) {
  const { query } = place;
  const { sorting, faults } = listView(place, certificateChoices);
  const list = useList<CertificateJson>("certificates", { q: query, order: sorting.order });
  return (
    <>
      <ViewFaults faults={faults} />
      <Table
        caption={`Certificates, ${sorting.order === "ascending" ? "soonest" : "latest"} expiry first`}
        columns={certificateColumns}
        list={list}
        sorting={sorting}
        keyOf={({ sha256 }) => sha256}
        empty={emptyWords(query, "No certificate was seen yet. Add the check cert to a watch.")}
      />
    </>
  );
}
