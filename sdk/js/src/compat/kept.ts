/** What an old page keeps on the device: by citizen, so that the next one at this device finds nothing of the first. */

const BEGIN = "zw:";

export interface Keeper {
  set(key: string, value: string): void;
  /** The value of one key, or of all. */
  get(key?: string): Record<string, string>;
  remove(key: string): void;
  /** Something that is made once, and not the page's to read by key. */
  own(name: string, make: () => string): string;
}

/** Return what gives the keeper of a citizen, by the name that this mini-app knows him by; nobody's is not kept. */
export function keeper(): (who: { sub?: string }) => Keeper {
  const held = new Map<string, string>(), brief = {
    getItem: (key: string) => held.get(key) ?? null, setItem: (key: string, value: string) => void held.set(key, value),
    removeItem: (key: string) => void held.delete(key), keys: () => [...held.keys()],
  };
  const store = device();
  const lasting = store && {
    getItem: (key: string) => store.getItem(key), setItem: (key: string, value: string) => store.setItem(key, value),
    removeItem: (key: string) => store.removeItem(key), keys: () => Object.keys(store),
  };
  return ({ sub }) => {
    const where = sub && lasting ? lasting : brief, mine = `${BEGIN}${sub ?? ""}:`;
    for (const key of where.keys()) if (key.startsWith(BEGIN) && !key.startsWith(mine)) where.removeItem(key);
    const full = (key: string) => `${mine}k:${key}`;
    const own = (name: string, make: () => string) => {
      const found = where.getItem(mine + name) ?? make();
      where.setItem(mine + name, found);
      return found;
    };
    return {
      own,
      set: (key, value) => where.setItem(full(key), value),
      remove: key => where.removeItem(full(key)),
      get(key) {
        const keys = key === undefined ? where.keys().filter(each => each.startsWith(full(""))).map(each => each.slice(full("").length)) : [key];
        return Object.fromEntries(keys.map(each => [each, where.getItem(full(each)) ?? ""]));
      },
    };
  };
}

/** What the browser keeps for this origin; undefined: it keeps nothing for pages in frames of another site. */
function device(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
