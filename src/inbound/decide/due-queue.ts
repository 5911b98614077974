/** Something to be checked at `dueAt`; milliseconds since the epoch. */
export interface Scheduled {
  readonly dueAt: number;
}

/** A priority queue (binary heap) by `dueAt`, which must not change while an item is in the queue. */
export class DueQueue<Item extends Scheduled> {
  #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** When the first item is due. */
  get nextAt(): number | undefined {
    return this.#items[0]?.dueAt;
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#rise(this.#items.length - 1);
  }

  /** Removes and returns the first item if it is due by `now`. */
  pop(now: number): Item | undefined {
    const first = this.#items[0];
    if (first === undefined || first.dueAt > now) return undefined;
    const last = this.#items.pop();
    if (last !== undefined && last !== first) {
      this.#items[0] = last;
      this.#sink(0);
    }
    return first;
  }

  /** Drops items. Costs as much as building the queue. */
  keep(isWanted: (item: Item) => boolean): void {
    this.#items = this.#items.filter(isWanted);
    for (let index = (this.#items.length >> 1) - 1; index >= 0; index--) this.#sink(index);
  }

  #rise(start: number): void {
    const items = this.#items;
    const item = items[start];
    if (item === undefined) return;
    let index = start;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || parent.dueAt <= item.dueAt) break;
      items[index] = parent;
      index = above;
    }
    items[index] = item;
  }

  #sink(start: number): void {
    const items = this.#items;
    const item = items[start];
    if (item === undefined) return;
    let index = start;
    for (;;) {
      let below = index * 2 + 1;
      let child = items[below];
      if (child === undefined) break;
      const right = items[below + 1];
      if (right !== undefined && right.dueAt < child.dueAt) {
        below += 1;
        child = right;
      }
      if (item.dueAt <= child.dueAt) break;
      items[index] = child;
      index = below;
    }
    items[index] = item;
  }
}
