/** One call at `/h5/mgop`, as the client of the old gateway makes it. */
export interface Called {
    api?: string;
    /** What goes to the back end. */
    param?: unknown;
    header?: Record<string, string>;
    appKey?: string;
}
/** Call an API by its old name.  Throws: OldError with the number that the gateway answered. */
export declare function mgop({ api, param, header, appKey }: Called): Promise<{
    errorCode: number;
    errorMessage: string;
    data: unknown;
}>;
