// The folders that a job is about where its scope is `prefix`: of each root the folder where its redirects end. It owns them; only what
// becomes of the roots changes them.

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
  /** By the place where the redirects of a root end, as far as is known. */
  const ends = new Map<string, string>();
  /** How many ends each folder is that of. */
  const counts = new Map<string, number>();

  const count = (folder: string | undefined, more: 1 | -1): void => {
    if (folder === undefined) return;
    const sum = (counts.get(folder) ?? 0) + more;
    if (sum === 0) counts.delete(folder);
    else counts.set(folder, sum);
  };
  const put = (place: string, folder: string): void => {
    count(ends.get(place), -1);
    ends.set(place, folder);
    count(folder, 1);
  };
  return {
    add: (url) => put(placeOf(url), likelyFolderOf(placeOf(url))),
    moved(from, to) {
      const place = placeOf(from);
      count(ends.get(place), -1);
      ends.delete(place);
      // Where it leads may be a root too, which has answered already.
      const target = placeOf(to);
      if (!ends.has(target)) put(target, likelyFolderOf(target));
    },
    ended: (url) => put(placeOf(url), folderOf(placeOf(url))),
    has(url) {
      const place = placeOf(url);
      for (let end = place.lastIndexOf('/') + 1; end > 0; end = place.lastIndexOf('/', end - 2) + 1) {
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

/** `/docs` is most likely a folder, and redirects to `/docs/`; what has an ending is a file. */
function likelyFolderOf(place: string): string {
  const name = place.slice(place.lastIndexOf('/') + 1);
  return name === '' || name.includes('.') ? folderOf(place) : `${place}/`;
}
