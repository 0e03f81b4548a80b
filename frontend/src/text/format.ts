/** Numbers and times as people read them. */
import { t } from './index.svelte';

/** 00:03:12.418 */
export function clockText(ns: number): string {
  const ms = Math.floor(Math.max(0, ns) / 1e6);
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = Math.floor(ms / 1000);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}

/** How long: 41 s, 4.1 ms, 5 min 12 s. */
export function durationText(ns: number): string {
  const s = Math.max(0, ns) / 1e9;
  if (s >= 100) return t('time.min', { min: Math.floor(s / 60), s: Math.floor(s % 60) });
  if (s >= 10) return t('time.s', { value: Math.floor(s) });
  if (s >= 1) return t('time.s', { value: trim(s, 1) });
  if (s >= 1e-3) return t('time.ms', { value: trim(s * 1e3, s < 0.01 ? 1 : 0) });
  return t('time.us', { value: trim(s * 1e6, 0) });
}

/** Whole seconds: for what counts up on the stage. */
export function secondsText(ns: number): string {
  const s = Math.floor(Math.max(0, ns) / 1e9);
  return s >= 100 ? t('time.min', { min: Math.floor(s / 60), s: s % 60 }) : t('time.s', { value: s });
}

/** 0.02, 1, 40: a rate with as many digits as tell something. */
export function rateText(rate: number): string {
  if (rate >= 10) return String(Math.round(rate));
  if (rate >= 1) return trim(rate, 1);
  if (rate >= 0.01) return trim(rate, 2);
  return rate > 0 ? rate.toPrecision(1) : '0';
}

export function cpuText(milli: number): string {
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

export function bytesText(bytes: number): string {
  const units = ['B', 'Ki', 'Mi', 'Gi', 'Ti'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${trim(value, value < 10 ? 1 : 0)}${units[unit]}`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
