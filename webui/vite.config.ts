import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/** The version of the daemon that this UI is for: the workspace's. */
function version(): string {
  const found = /^version = "([^"]+)"/m.exec(readFileSync(new URL("../Cargo.toml", import.meta.url), "utf8"))?.[1];
  if (found === undefined) throw new Error("Cargo.toml has no version");
  return found;
}

/** Each text of the bundle has its compressed forms beside it: pabxd sends what the browser takes. */
function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      writeFileSync(join(folder, "version.json"), `${JSON.stringify({ version: version() })}\n`);
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|html|svg|json|webmanifest)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const text = readFileSync(path);
        if (text.length < 512) continue;
        writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
        writeFileSync(`${path}.br`, brotliCompressSync(text, { params }));
      }
    },
  };
}

/** What every page needs comes in one file: many small ones take a slow line longer than one large one. */
const FRAME = /\/(src\/(api|ui|app|words)\/(?!chart\.uplot)[^/]+\.tsx?|src\/words\/common\/index\.ts|node_modules\/(preact|@preact|preact-iso|openapi-fetch)\/.*)$/;

export default defineConfig({
  define: { __VERSION__: JSON.stringify(version()) },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [compressed()],
  build: { outDir: "dist", emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "frame", test: FRAME }] } } } },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: process.env.PABX ?? "https://127.0.0.1:8443", secure: false, changeOrigin: true } },
  },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx", "tests/unit/**/*.test.ts"], environment: "node" },
} as never);
