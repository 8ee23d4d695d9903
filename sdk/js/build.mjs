// Makes dist/ of src/, and the copies that Python packages carry: node build.mjs [folder to build into]
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const into = process.argv[2] ?? join(here, "dist");
const banner = { js: "/*! @banshi/bridge 1.1.0 | Apache-2.0 */" };
const common = { bundle: true, minify: true, target: "es2022", charset: "utf8", banner, absWorkingDir: here, logLevel: "warning" };

rmSync(into, { recursive: true, force: true });
await build({
  ...common, format: "esm", outdir: into, entryPoints: { bridge: "src/bridge.ts", host: "src/host/index.ts" },
});
await build({
  ...common, format: "iife", outdir: into,
  entryPoints: { zwjsbridge: "src/compat/zwjsbridge.ts", zwlog: "src/compat/zwlog.ts" },
});
execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "--outDir", join(into, "types")], {
  cwd: here, stdio: "inherit",
});

// who serves or writes these files needs no Node.js: [built file, where it also lies]
const COPIES = [
  ["bridge.js", "../python/banshi/cli/template/web/bridge.js"],
  ["host.js", "../python/banshi/simulator/page/bridge-host.js"],
  ["host.js", "../../api/web/assets/bridge-host.js"],
  ["bridge.js", "../examples/newborn/web/bridge.js"],
  ["bridge.js", "../examples/housing-fund/web/bridge.js"],
  ["bridge.js", "../examples/rent-withdrawal/bridge.js"],
  ["bridge.js", "../../miniapps/catalog/first_party/service-guide/web/bridge.js"],
  ["zwjsbridge.js", "../examples/bus-pass/web/zwjsbridge.js"],
  ["zwlog.js", "../examples/bus-pass/web/zwlog.js"],
];
if (!process.argv[2])
  for (const [from, to] of COPIES) {
    mkdirSync(dirname(join(here, to)), { recursive: true });
    copyFileSync(join(into, from), join(here, to));
  }
