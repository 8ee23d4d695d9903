/** A refusal as old pages read it. */
export declare class OldError extends Error {
    readonly errorCode: number;
    readonly errorMessage: string;
    readonly code: string;
    constructor(errorCode: number, errorMessage: string, code: string);
}
