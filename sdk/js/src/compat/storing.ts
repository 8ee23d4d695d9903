/**
 * A store for scripts that read `localStorage` as they load, where the browser denies it to frames of another site.
 *
 * It lives as long as the page; without it the old gateway's own client ends before it has begun.
 */

class Brief {
  readonly #held = new Map<string, string>();

  get length(): number {
    return this.#held.size;
  }
  key(at: number): string | null {
    return [...this.#held.keys()][at] ?? null;
  }
  getItem(key: string): string | null {
    return this.#held.get(String(key)) ?? null;
  }
  setItem(key: string, value: string): void {
    this.#held.set(String(key), String(value));
  }
  removeItem(key: string): void {
    this.#held.delete(String(key));
  }
  clear(): void {
    this.#held.clear();
  }
}

/** Put brief stores in the place of those that are denied. */
export function lend(): void {
  for (const name of ["localStorage", "sessionStorage"] as const) {
    try {
      void window[name];
    } catch {
      Object.defineProperty(window, name, { configurable: true, value: new Brief() });
    }
  }
}
