/** Short notes of what came of an action. */

export interface Toast {
  id: number;
  text: string;
  bad: boolean;
}

class Toasts {
  items = $state.raw<readonly Toast[]>([]);
  private count = 0;

  say(text: string, bad = false): void {
    const toast = { id: (this.count += 1), text, bad };
    this.items = [...this.items.slice(-3), toast];
    setTimeout(() => this.dismiss(toast.id), bad ? 9000 : 3500);
  }

  dismiss(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
