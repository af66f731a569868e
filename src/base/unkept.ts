// Links that are counted with their page and kept nowhere.

/** Links of a page that are not kept, by why. */
export interface Unkept {
  /** Past the limits of a page. */
  readonly dropped: number;
  /** Longer than any server takes. */
  readonly tooLong: number;
  /** Neither http nor https; those that lead nowhere (mailto, javascript) are not counted. */
  readonly otherScheme: number;
}
