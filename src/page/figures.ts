// Numbers as people read them, in the same words as the command line has.

export {
  isLongWait,
  showCount as count,
  showCountOf as countOf,
  showRate as rate,
  showSize as size,
  showSpan as span,
  showTime as time,
} from '../base/figures.ts';

export function share(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(part === whole ? 0 : 1)} %`;
}
