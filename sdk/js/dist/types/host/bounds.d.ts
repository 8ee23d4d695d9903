/** How much one page may say: what comes too fast is refused, and who does not stop is cut off. */
export declare class Bounds {
    #private;
    underWay: number;
    constructor(now: number);
    /** Count one message; says whether it may be looked at. */
    take(now: number): boolean;
    /** Count one message in vain; says whether the page is to be cut off. */
    strike(now: number): boolean;
}
