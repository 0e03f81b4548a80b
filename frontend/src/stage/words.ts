import { bytesText } from '../text/format';

/** Names in a message's few words, as short as people say them: without hashes that tell nothing. */

/** "PATCH pods/web-6d994c4544-4c5cj/status" to "PATCH pods/web-4c5cj/status". */
export function shortLabel(label: string): string {
  return label
    .replace(/(\d{4,}) bytes/, (_, bytes: string) => `${bytesText(Number(bytes))}B`)
    .replace(/-[a-z0-9]{8,10}-([bcdfghjklmnpqrstvwxz2456789]{5})(?![a-z0-9])/g, '-$1').replace(/\.[0-9a-f]{14,}…?|\.[0-9a-f]{6,}…/g, '');
}
