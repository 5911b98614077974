import { fileURLToPath } from "node:url";
import type { Address } from "../../../core/address.ts";
import { embeddedFile } from "../../../platform/single-executable.ts";
import { DatabaseFile, type DatabaseFileOptions, type DatabaseFileSurroundings } from "../database-file.ts";
import { type Place, placeOfRecord } from "./place.ts";

export interface PlaceFinderOptions extends DatabaseFileSurroundings {
  /** Path of a MaxMind City (or Country) database. */
  readonly cityDatabase?: string | undefined;
  /** Use the bundled country data where that database has no answer. */
  readonly countryData: boolean;
}

/** Finds places in local databases: first the city database, then the bundled country data. */
export class PlaceFinder {
  readonly #cities: DatabaseFile | undefined;
  readonly #countries: DatabaseFile | undefined;

  constructor(options: PlaceFinderOptions) {
    const { cityDatabase, countryData, ...surroundings } = options;
    this.#cities =
      cityDatabase === undefined
        ? undefined
        : new DatabaseFile({ ...surroundings, path: cityDatabase, holds: "city database", wanted: "places" });
    this.#countries = countryData
      ? new DatabaseFile({ ...surroundings, ...bundledCountryData(), holds: "country data", wanted: "places" })
      : undefined;
  }

  /** Opens the databases. */
  async open(): Promise<void> {
    await Promise.all([this.#cities?.open(), this.#countries?.open()]);
  }

  async find(address: Address): Promise<Place | undefined> {
    const place = placeOfRecord(await this.#cities?.find(address), "maxmind");
    if (place?.country !== undefined || this.#countries === undefined) return place;
    return placeOfRecord(await this.#countries.find(address), "country-data") ?? place;
  }

  /** The same from the databases that are open, without waiting. */
  peek(address: Address): Place | undefined {
    const place = placeOfRecord(this.#cities?.peek(address), "maxmind");
    if (place?.country !== undefined || this.#countries === undefined) return place;
    return placeOfRecord(this.#countries.peek(address), "country-data") ?? place;
  }
}

/** CC0 data made from what the regional registries publish (https://github.com/sapics/ip-location-db). */
function bundledCountryData(): Pick<DatabaseFileOptions, "path" | "content"> {
  const content = embeddedFile("country-data");
  if (content !== undefined) return { path: process.execPath, content };
  return {
    path: fileURLToPath(import.meta.resolve("@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb")),
  };
}
