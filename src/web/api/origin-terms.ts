/** What is known about the sources of connections, as parameters and terms of lists. */
import type { Origin } from "../../core/connection.ts";
import { asnFilter, nameFilter } from "./filter-fields.ts";
import { hasText, isNumber, isText, type ListTerms } from "./search-terms.ts";

export const originParameters = {
  country: nameFilter.optional().meta({ description: "Code or name of the country." }),
  organization: nameFilter.optional().meta({ description: "Part of the name of the network or provider." }),
  asn: asnFilter.optional(),
  hostname: nameFilter.optional().meta({ description: "Part of the name from reverse DNS." }),
};

export function originTerms<Row>(originOf: (row: Row) => Origin | undefined) {
  return {
    country: {
      example: "country:NL",
      filter: "country",
      test: isText((row) => [originOf(row)?.countryCode, originOf(row)?.country]),
    },
    organization: {
      example: "organization:telecom",
      filter: "organization",
      test: hasText((row) => [originOf(row)?.organization, originOf(row)?.provider]),
    },
    asn: { example: "asn:64500", filter: "asn", test: isNumber((row) => originOf(row)?.asn) },
    hostname: { example: "hostname:scan", filter: "hostname", test: hasText((row) => [originOf(row)?.hostname]) },
  } satisfies ListTerms<Row>;
}
