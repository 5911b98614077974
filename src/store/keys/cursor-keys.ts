import { type Address, parseAddress } from "../../core/address.ts";
import { type Cursor, type KeyPart, type Order, readCursor } from "../../core/page.ts";
import type { Port } from "../../core/ports.ts";

/** The id in the cursor of a list that is sorted by id. */
export function idOf(cursor: Cursor): number {
  return readCursor(cursor, isId)[0];
}

/** A time and the id that sorts rows of the same time. */
export function timeAndIdOf(cursor: Cursor): { readonly at: number; readonly id: string } {
  const [at, id] = readCursor(cursor, isTimeAndId);
  return { at, id };
}

/** As {@link timeAndIdOf}, where the time may be unknown. */
export function timeOrNullAndIdOf(cursor: Cursor): { readonly at: number | null; readonly id: string } {
  const [at, id] = readCursor(cursor, isTimeOrNullAndId);
  return { at, id };
}

/** A number, and the number that sorts rows with the same one. */
export function numberAndIdOf(cursor: Cursor): { readonly number: number; readonly id: number } {
  const [number, id] = readCursor(cursor, isNumberAndId);
  return { number, id };
}

/** A text or a number, and the text that sorts rows with the same one. */
export function valueAndTextOf(cursor: Cursor): { readonly value: string | number; readonly text: string } {
  const [value, text] = readCursor(cursor, isValueAndText);
  return { value, text };
}

export function textOf(cursor: Cursor): string {
  return readCursor(cursor, isText)[0];
}

export function addressAndPortOf(cursor: Cursor): { readonly address: Address; readonly port: Port } {
  const [address, port] = readCursor(cursor, isAddressAndPort);
  return { address, port };
}

/** The address in the cursor of a list of hosts. */
export function hostOf(cursor: Cursor): Address {
  return readCursor(cursor, isAddress)[0];
}

/** For SQL: what follows in this order is less or greater. */
export function comparisonOf(order: Order): "<" | ">" {
  return order === "ascending" ? ">" : "<";
}

export function directionOf(order: Order): "asc" | "desc" {
  return order === "ascending" ? "asc" : "desc";
}

function isId(key: readonly KeyPart[]): key is readonly [number] {
  return key.length === 1 && typeof key[0] === "number";
}

function isText(key: readonly KeyPart[]): key is readonly [string] {
  return key.length === 1 && typeof key[0] === "string";
}

function isNumberAndId(key: readonly KeyPart[]): key is readonly [number, number] {
  return key.length === 2 && typeof key[0] === "number" && typeof key[1] === "number";
}

function isValueAndText(key: readonly KeyPart[]): key is readonly [string | number, string] {
  return key.length === 2 && key[0] !== null && typeof key[1] === "string";
}

function isTimeAndId(key: readonly KeyPart[]): key is readonly [number, string] {
  return key.length === 2 && typeof key[0] === "number" && typeof key[1] === "string";
}

function isTimeOrNullAndId(key: readonly KeyPart[]): key is readonly [number | null, string] {
  return key.length === 2 && typeof key[0] !== "string" && typeof key[1] === "string";
}

function isAddress(key: readonly KeyPart[]): key is readonly [Address] {
  const [address] = key;
  return key.length === 1 && typeof address === "string" && parseAddress(address) === address;
}

function isAddressAndPort(key: readonly KeyPart[]): key is readonly [Address, Port] {
  const [address, port] = key;
  return (
    key.length === 2 &&
    typeof address === "string" &&
    parseAddress(address) === address &&
    typeof port === "number" &&
    port >= 0 &&
    port <= 65_535
  );
}
