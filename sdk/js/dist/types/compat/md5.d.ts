/** MD5, which the old wire signs by; it protects nothing. */
/** Return the MD5 (RFC 1321) of text as UTF-8, in hexadecimal. */
export declare function md5(text: string): string;
