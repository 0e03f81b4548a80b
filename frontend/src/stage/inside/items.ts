/** The items inside a component or a Pod, by their kind: what the records of an opened card say at the instant on the screen. */
import type { InteriorRecord } from '../../wire';

export type Part = InteriorRecord['part'];
export type PartKind = Part['kind'];
export type PartOf<K extends PartKind> = Extract<Part, { kind: K }>;

export interface Item<K extends PartKind> {
  id: string;
  part: PartOf<K>;
}

/** Everything inside one component or Pod, read once and asked by kind. */
export class Items {
  private readonly byKind = new Map<PartKind, Item<PartKind>[]>();

  constructor(records: Iterable<InteriorRecord>, of: string) {
    for (const record of records) {
      if (record.of !== of) continue;
      const item = { id: record.id, part: record.part };
      const known = this.byKind.get(record.part.kind);
      if (known) known.push(item);
      else this.byKind.set(record.part.kind, [item]);
    }
  }

  all<K extends PartKind>(kind: K): Item<K>[] {
    return (this.byKind.get(kind) ?? []) as unknown as Item<K>[];
  }

  parts<K extends PartKind>(kind: K): PartOf<K>[] {
    return this.all(kind).map(({ part }) => part);
  }

  one<K extends PartKind>(kind: K): PartOf<K> | undefined {
    return this.all(kind)[0]?.part;
  }
}
