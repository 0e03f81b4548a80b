/** How a person likes it: language, theme, size. Kept in the browser. */

export type Language = 'ko' | 'en';
export type Theme = 'dark' | 'light';

const KEY = 'orrery';

interface Kept {
  language?: Language;
  theme?: Theme;
  projector?: boolean;
  panel?: boolean;
  beside?: boolean;
}

function kept(): Kept {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept;
  } catch {
    return {};
  }
}

/** Pixels of sixteen units: 13 at 1280x720 and less, 16 at 1920x1080, in proportion beyond. */
export function rootPixels(width: number, height: number, projector: boolean): number {
  const by = (value: number, small: number, large: number) =>
    value <= large ? 13 + (3 * (value - small)) / (large - small) : (16 * value) / large;
  return Math.max(13, Math.min(by(width, 1280, 1920), by(height, 720, 1080))) * (projector ? 1.3 : 1);
}

class Settings {
  language = $state<Language>('ko');
  theme = $state<Theme>('dark');
  projector = $state(false);
  panel = $state(true);
  /** The stage stands beside the view that is chosen. */
  beside = $state(false);
  /** Pixels of one rem. */
  rem = $state(16);
  width = $state(1920);
  height = $state(1080);

  start(): () => void {
    const saved = kept();
    const query = new URLSearchParams(location.search);
    this.language = pick(query.get('lang'), ['ko', 'en']) ?? saved.language ?? (navigator.language.startsWith('ko') ? 'ko' : 'en');
    this.theme = pick(query.get('theme'), ['dark', 'light']) ?? saved.theme ?? 'dark';
    this.projector = query.has('projector') || (saved.projector ?? false);
    this.panel = saved.panel ?? true;
    this.beside = saved.beside ?? false;
    const measure = () => {
      this.width = innerWidth;
      this.height = innerHeight;
    };
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }

  /** Runs in an effect: writes what was chosen to the page and keeps it. */
  apply(): void {
    this.rem = rootPixels(this.width, this.height, this.projector);
    const root = document.documentElement;
    root.style.fontSize = `${this.rem}px`;
    root.lang = this.language;
    root.dataset['theme'] = this.theme;
    root.dataset['projector'] = String(this.projector);
    const { language, theme, projector, panel, beside } = this;
    try {
      localStorage.setItem(KEY, JSON.stringify({ language, theme, projector, panel, beside }));
    } catch {
      // A browser that keeps nothing still shows everything.
    }
  }
}

function pick<T extends string>(value: string | null, from: readonly T[]): T | undefined {
  return from.find((item) => item === value);
}

export const settings = new Settings();

const calm = typeof matchMedia === 'function' ? matchMedia('(prefers-reduced-motion: reduce)') : null;

export function reducedMotion(): boolean {
  return calm?.matches ?? false;
}
