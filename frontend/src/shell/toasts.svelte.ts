/** Short notes of what came of an action, and of what to watch now. */

export interface Toast {
  id: number;
  text: string;
  tone: 'good' | 'bad' | 'watch';
  undo?: () => void;
}

const STANDS_MS = { good: 3500, bad: 9000, watch: 9000 };

class Toasts {
  items = $state.raw<readonly Toast[]>([]);
  private count = 0;

  say(text: string, bad = false): void {
    this.add({ text, tone: bad ? 'bad' : 'good' });
  }

  /** What to watch after something was broken, and what takes it back. One at a time. */
  watch(text: string, undo?: () => void): void {
    this.items = this.items.filter((toast) => toast.tone !== 'watch');
    this.add({ text, tone: 'watch', ...(undo ? { undo } : {}) });
  }

  dismiss(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }

  private add(made: Omit<Toast, 'id'>): void {
    const toast = { ...made, id: (this.count += 1) };
    this.items = [...this.items.slice(-3), toast];
    setTimeout(() => this.dismiss(toast.id), STANDS_MS[toast.tone]);
  }
}

export const toasts = new Toasts();
