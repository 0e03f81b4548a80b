/** How many columns of a terminal a text takes: Hangul, Chinese characters and other wide ones take two. */

const WIDE: readonly [number, number][] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

export function cells(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0 || (code >= 0x300 && code <= 0x36f) || code === 0x200d) return 0;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

export function width(text: string): number {
  let sum = 0;
  for (const character of text) sum += cells(character);
  return sum;
}

/** Where the cursor stands after a text that begins at the left edge of a terminal of so many columns. */
export function placeAfter(text: string, columns: number): { row: number; column: number } {
  let row = 0;
  let column = 0;
  for (const character of text) {
    const size = character === '\n' ? 0 : cells(character);
    if (character === '\n' || column + size > columns) {
      row += 1;
      column = 0;
    }
    column += size;
  }
  return column >= columns ? { row: row + 1, column: 0 } : { row, column };
}
