// Gives a source file as a module: each test looks at one of them, without the rest.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

export async function source(name) {
  const { outputFiles: [file] } = await build({
    entryPoints: [join(here, "../src", name)], bundle: true, format: "esm", target: "es2022", write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(file.contents).toString("base64")}`);
}
