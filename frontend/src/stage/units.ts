/** Stage units to CSS: sixteen are one rem. */
export function rem(units: number): string {
  return `${(units / 16).toFixed(4)}rem`;
}
