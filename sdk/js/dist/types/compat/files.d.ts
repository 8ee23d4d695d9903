/** Images and files as old pages want them. */
import { type Host } from "../bridge";
/** Let the citizen choose an image; returns it as Base64, without a prefix. */
export declare function choose(host: Host): Promise<string[]>;
/** Let the citizen choose files and send them to an address of the page's own origin; others the policy forbids. */
export declare function upload(host: Host, { type, url, count }: {
    type?: string;
    url: string;
    count?: number;
}): Promise<{
    status: string;
    filePath: string[];
    fileName: string[];
    msg: string;
}>;
