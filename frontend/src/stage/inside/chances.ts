/** What the probabilities of a Service's rules come to: each rule is asked only if none before it has taken the packet. */
export function chances(probabilities: readonly number[]): number[] {
  let left = 1;
  return probabilities.map((probability) => {
    const chance = left * probability;
    left -= chance;
    return chance;
  });
}
