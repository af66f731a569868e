// The folders that a job covers when its scope is `prefix`. Each root has one folder, and the job covers it with
// everything below it. If the root redirects, its folder is the one where the redirects end. If the root does not
// redirect, its own path counts as a folder when it looks like one. The folders change only when a root is added,
// redirects or answers.

/** The ending of a file name. A version number (`1.2`) does not match. */
const ENDING = /\.[\d_]*[a-z]\w*$/i;

export interface Areas {
  /** Adds a root. Until the root has answered, its folder is taken from its URL. */
  add(url: string): void;
  /** A root, or a URL that a root redirected to, answered with a redirect: the root now stands for the target. */
  moved(from: string, to: string): void;
  /** A root, or a URL that a root redirected to, answered without a redirect. */
  ended(url: string): void;
  has(url: string): boolean;
}

/** `placeOf` gives host and path in one form, the same for all equivalent URLs. */
export function createFolders(placeOf: (url: string) => string): Areas {
  const roots = new Set<string>();
  /**
   * The key is the place where the redirects of a root end, as far as known. The value lists the places that it adds to
   * the job.
   */
  const ends = new Map<string, readonly string[]>();
  /** For each place, the number of ends that list it. */
  const counts = new Map<string, number>();
  /** The lengths that places ever had: a URL with thousands of slashes is looked up only at these. */
  const lengths = new Set<number>();
  let longest = 0;

  const count = (places: readonly string[], more: 1 | -1): void => {
    for (const place of places) {
      lengths.add(place.length);
      longest = Math.max(longest, place.length);
      const sum = (counts.get(place) ?? 0) + more;
      if (sum === 0) counts.delete(place);
      else counts.set(place, sum);
    }
  };
  const put = (place: string, ...places: string[]): void => {
    count(ends.get(place) ?? [], -1);
    ends.set(place, places);
    count(places, 1);
  };
  return {
    add(url) {
      const place = placeOf(url);
      roots.add(place);
      put(place, likelyFolderOf(place));
    },
    moved(from, to) {
      const place = placeOf(from);
      count(ends.get(place) ?? [], -1);
      ends.delete(place);
      // The target may be a root too, and may have answered already.
      const target = placeOf(to);
      if (!ends.has(target)) put(target, likelyFolderOf(target));
    },
    ended(url) {
      const place = placeOf(url);
      // A redirect may lead from the folder to any page in it (`/docs/` to `/docs/intro`). A root that answers was
      // typed that way.
      if (roots.has(place)) put(place, likelyFolderOf(place), place);
      else put(place, folderOf(place));
    },
    has(url) {
      const place = placeOf(url);
      if (counts.has(place)) return true;
      for (let end = place.lastIndexOf('/', longest - 1) + 1; end > 0; end = place.lastIndexOf('/', end - 2) + 1) {
        if (lengths.has(end) && counts.has(place.slice(0, end))) return true;
      }
      return false;
    },
  };
}

/** The path up to its last slash. */
function folderOf(place: string): string {
  return place.slice(0, place.lastIndexOf('/') + 1);
}

/**
 * The folder that a typed place most likely means. `/docs` and `/docs/1.2` most likely mean a folder (and may redirect
 * to `/docs/`); a path with a file ending is a file.
 */
function likelyFolderOf(place: string): string {
  const name = place.slice(place.lastIndexOf('/') + 1);
  return name === '' || ENDING.test(name) ? folderOf(place) : `${place}/`;
}
