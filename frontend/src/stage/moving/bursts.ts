/** Messages that travel one behind the other on the same hop are drawn as one packet that says how many it is. */

/** Fewer than this many are told apart. */
const LEAST = 3;

export interface Mover {
  /** Sender, receiver and protocol. */
  hop: string;
  /** Pixels along its way. */
  along: number;
  count: number;
}

/** For each mover: the one that stands for it (itself where it is drawn), and for those how many they stand for. */
export function burstsOf<T extends Mover>(movers: readonly T[], nearPx: number): Map<T, T[]> {
  const hops = new Map<string, T[]>();
  for (const mover of movers) {
    const list = hops.get(mover.hop);
    if (list) list.push(mover);
    else hops.set(mover.hop, [mover]);
  }
  const found = new Map<T, T[]>();
  for (const list of hops.values()) {
    if (list.length < LEAST) {
      for (const mover of list) found.set(mover, [mover]);
      continue;
    }
    list.sort((a, b) => b.along - a.along);
    let from = 0;
    for (let i = 1; i <= list.length; i += 1) {
      // A packet is as long as its first one is near to its last: else a stream would be one packet.
      if (i < list.length && list[from]!.along - list[i]!.along <= nearPx) continue;
      const packet = list.slice(from, i);
      if (packet.length < LEAST) for (const mover of packet) found.set(mover, [mover]);
      else found.set(packet[packet.length >> 1]!, packet);
      from = i;
    }
  }
  return found;
}
