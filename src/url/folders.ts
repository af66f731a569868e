// The folders that a job is about where its scope is `prefix`: of each root the folder where its redirects end, or where it answers by itself and is
// most likely a folder, itself and all below. It owns them; only what becomes of the roots changes them.

/** Of a file; that of a version is a number. */
const ENDING = /\.[\d_]*[a-z]\w*$/i;

export interface Places {
  /** A root. Until it has answered its folder is what its URL says. */
  add(url: string): void;
  /** A root, or where one led, has answered with a redirect: the root stands for where that leads. */
  moved(from: string, to: string): void;
  /** It has answered by itself. */
  ended(url: string): void;
  has(url: string): boolean;
}

/** `placeOf`: a host and a path, in one form for all that is the same. */
export function createFolders(placeOf: (url: string) => string): Places {
  const roots = new Set<string>();
  /** By the place where the redirects of a root end, as far as is known: a folder, and what is in the job beside it. */
  const ends = new Map<string, readonly string[]>();
  /** How many ends each of those is that of. */
  const counts = new Map<string, number>();
  /** No folder was ever longer: of a URL with thousands of slashes no more is looked at. */
  let longest = 0;

  const count = (places: readonly string[], more: 1 | -1): void => {
    for (const place of places) {
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
      // Where it leads may be a root too, which has answered already.
      const target = placeOf(to);
      if (!ends.has(target)) put(target, likelyFolderOf(target));
    },
    ended(url) {
      const place = placeOf(url);
      // Where a redirect leads may be any page of what is meant (`/docs/` to `/docs/intro`); what was typed is what is meant.
      if (roots.has(place)) put(place, likelyFolderOf(place), place);
      else put(place, folderOf(place));
    },
    has(url) {
      const place = placeOf(url);
      if (counts.has(place)) return true;
      for (let end = place.lastIndexOf('/', longest - 1) + 1; end > 0; end = place.lastIndexOf('/', end - 2) + 1) {
        if (counts.has(place.slice(0, end))) return true;
      }
      return false;
    },
  };
}

/** Up to the last slash. */
function folderOf(place: string): string {
  return place.slice(0, place.lastIndexOf('/') + 1);
}

/** `/docs` is most likely a folder, and may redirect to `/docs/`, as is `/docs/1.2`; what has an ending is a file. */
function likelyFolderOf(place: string): string {
  const name = place.slice(place.lastIndexOf('/') + 1);
  return name === '' || ENDING.test(name) ? folderOf(place) : `${place}/`;
}
