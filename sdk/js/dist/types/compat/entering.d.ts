/**
 * The session of this origin, by which the platform knows who calls at `/h5/mgop`: no script reads it.
 *
 * It is made before an old page hears that it is ready, in the name of whoever the host shows the page to, and again while the
 * page is shown, since the old wire renews it only by calls.
 */
/** Settles once the session is there, or cannot be had: then calls at `/h5/mgop` say so. */
export declare const entered: Promise<void>;
