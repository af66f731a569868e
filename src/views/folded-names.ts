// When a file system takes two names for one.

/** Characters that people do not see. Some file systems leave them out. */
const IGNORED = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * Equal for names that some file system takes for one. With full Unicode rules `\u00df` equals `SS`, the Kelvin sign
 * equals `k`, the ligature in `Make\ufb01le` equals `fi`, and a variation selector is not there. Lower case is first,
 * because `\u1e9e` is upper case already and only its lower case becomes `SS`.
 */
export function folded(name: string): string {
  return name.replace(IGNORED, '').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}
