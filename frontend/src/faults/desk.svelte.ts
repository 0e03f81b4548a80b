/** Whether the fault desk is open, on what it works, and whether a cut is being drawn. */

class Desk {
  open = $state(false);
  cutting = $state(false);
  /** A host or a component. */
  target = $state('');

  toggle(): void {
    this.open = !this.open;
  }

  cut(): void {
    this.cutting = !this.cutting;
  }
}

export const desk = new Desk();
