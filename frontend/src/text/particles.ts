/** Korean particles after words of any script: `web-5(을/를)` becomes `web-5를`. */

/** How a Latin word that is known here ends when a Korean says it: its last sound. */
const SPOKEN: Record<string, string> = { kubelet: '릿', kubectl: '틀', web: '웹', etcd: '디', nginx: '스', db: '비', dns: '스' };
const DIGITS = '영일이삼사오육칠팔구';
const LETTERS: Record<string, string> = {
  a: '이', b: '비', c: '시', d: '디', e: '이', f: '프', g: '지', h: '치', i: '이', j: '이', k: '이', l: '엘', m: '엠',
  n: '엔', o: '오', p: '피', q: '큐', r: '알', s: '스', t: '티', u: '유', v: '이', w: '유', x: '스', y: '이', z: '트',
};

/** 0: the word ends in a vowel; 8: in ㄹ; anything else: in another consonant. */
export function finalSound(word: string): number {
  const spoken = SPOKEN[word.toLowerCase().split(/[^a-z]+/).at(-1) ?? ''];
  const last = (spoken ?? word.replace(/[^\p{L}\p{N}]+$/u, '')).at(-1) ?? '';
  const syllable = /\d/.test(last) ? DIGITS[Number(last)]! : wordEnd(word, last);
  const code = syllable.charCodeAt(0) - 0xac00;
  return code >= 0 && code < 11172 ? code % 28 : 0;
}

function wordEnd(word: string, last: string): string {
  const lower = last.toLowerCase();
  // worker, scheduler, manager: said as a Korean would, with an open end.
  if (lower === 'r' && /[a-z]{3,}er$/i.test(word)) return '어';
  return LETTERS[lower] ?? last;
}

const PAIRS: Record<string, [closed: string, open: string]> = {
  '이/가': ['이', '가'],
  '을/를': ['을', '를'],
  '은/는': ['은', '는'],
  '와/과': ['과', '와'],
  '으로/로': ['으로', '로'],
};

export function withParticle(word: string, pair: string): string {
  const choice = PAIRS[pair];
  if (!choice) return word;
  const sound = finalSound(word);
  const open = sound === 0 || (pair === '으로/로' && sound === 8);
  return word + (open ? choice[1] : choice[0]);
}
