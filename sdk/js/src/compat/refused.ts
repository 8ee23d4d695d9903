/** A refusal as old pages read it. */
export class OldError extends Error {
  constructor(readonly errorCode: number, readonly errorMessage: string, readonly code: string) {
    super(errorMessage);
  }
}
