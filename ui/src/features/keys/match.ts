// How well a query fits a text: every word of it must be found; beginnings of words count most.

/** 0 for no match, else higher is better. An empty query matches everything alike. */
export function matchScore(query: string, text: string): number {
  const words = query.toLowerCase().trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  const hay = text.toLowerCase();
  let score = 0;
  for (const word of words) {
    const at = hay.indexOf(word);
    if (at < 0) return 0;
    const starts = at === 0 ? 4 : /[\s.(]/.test(hay.charAt(at - 1)) ? 3 : 1;
    score += starts + word.length / 20;
  }
  return score;
}
