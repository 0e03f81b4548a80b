/** What the presenter does with the screen itself: black, full, or the list of keys. */

class Curtain {
  /** The screen is black. */
  down = $state(false);
  /** Only the view and the sentence are on the screen. */
  full = $state(false);
  help = $state(false);

  lift(event: Event): void {
    this.down = false;
    event.preventDefault();
  }

  toggleFull(): void {
    this.full = !this.full;
    const change = this.full ? document.documentElement.requestFullscreen?.() : document.fullscreenElement ? document.exitFullscreen() : undefined;
    void change?.catch(() => undefined); // where the browser does not allow it, the bars are away all the same
  }
}

export const curtain = new Curtain();
