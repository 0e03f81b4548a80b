/** The drawer with the terminal below the stage: whether it is open, and how high, in rem. Loaded with the first screen: it
 * is small; what it opens is not. */

const KEY = 'orrery-drawer';
const LEAST = 9;
const MOST = 40;

function kept(): number {
  const height = Number(typeof localStorage === 'undefined' ? 0 : localStorage.getItem(KEY));
  return height >= LEAST && height <= MOST ? height : 17;
}

class Drawer {
  open = $state(false);
  height = $state(kept());
  readonly least = LEAST;
  readonly most = MOST;

  resize(height: number): void {
    this.height = Math.min(MOST, Math.max(LEAST, height));
    try {
      localStorage.setItem(KEY, this.height.toFixed(2));
    } catch {
      // It is forgotten with the page, then.
    }
  }
}

export const drawer = new Drawer();
