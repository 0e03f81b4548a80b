/** A run in an address: what stands behind `#run=`. It is not sent to any server but the one that opens it. */

const MARK = '#run=';

export function linkOf(page: { origin: string; pathname: string }, code: string): string {
  return `${page.origin}${page.pathname}${MARK}${code}`;
}

/** The run's code in a link; a file's text as it stands. */
export function codeIn(text: string): string {
  const at = text.indexOf(MARK);
  return (at < 0 ? text : text.slice(at + MARK.length)).trim();
}

/** The run that the page's address asks for; the address forgets it, so that a reload does not open it again. */
export function takeCode(): string | null {
  if (!location.hash.startsWith(MARK)) return null;
  const code = codeIn(location.hash);
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  return code;
}
