/** What an old page keeps on the device: by citizen, so that the next one at this device finds nothing of the first. */
export interface Keeper {
    set(key: string, value: string): void;
    /** The value of one key, or of all. */
    get(key?: string): Record<string, string>;
    remove(key: string): void;
    /** Something that is made once, and not the page's to read by key. */
    own(name: string, make: () => string): string;
}
/** Return what gives the keeper of a citizen, by the name that this mini-app knows him by; nobody's is not kept. */
export declare function keeper(): (who: {
    sub?: string;
}) => Keeper;
