// Builds the studio into the package, and serves it during development: `npm run dev` beside `araldo run`.
import { readFileSync } from "node:fs";

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const araldo = process.env["ARALDO_DEV_URL"] ?? "http://127.0.0.1:8000";
// Keeps the Host header, so that Araldo's check of Host and Origin sees the same address.
const through = { target: araldo, changeOrigin: false };

// Tests run in one time zone, whatever the machine's is.
if (process.env["VITEST"]) process.env["TZ"] = "Europe/Rome";

// Tests of plain modules that need a document or its storage.
const DOM_TESTS = "src/**/*.dom.test.ts";

/** Write the typefaces' licences beside the build: the SIL Open Font License asks for it. */
function typefaceLicenses(...typefaces: string[]): Plugin {
  const licenseOf = (name: string) => new URL(`node_modules/@fontsource-variable/${name}/LICENSE`, import.meta.url);
  return {
    name: "typeface-licenses",
    apply: "build",
    generateBundle() {
      for (const name of typefaces) {
        const source = readFileSync(licenseOf(name), "utf8");
        this.emitFile({ type: "asset", fileName: `licenses/${name}.txt`, source });
      }
    },
  };
}

/** Return a file's name without its extension, and without the screens that share it. */
function shortened(name: string): string {
  return name.replace(/(~.*)?(\.[a-z0-9]+)?$/, "");
}

export default defineConfig(({ command }) => ({
  plugins: [react(), typefaceLicenses("bricolage-grotesque", "figtree")],
  // The server replaces this word by a new nonce in every index.html that it sends (docs/studio.md).
  ...(command === "build" ? { html: { cspNonce: "ARALDO_CSP_NONCE" } } : {}),
  build: {
    outDir: "../src/araldo/web",
    emptyOutDir: true,
    manifest: true,
    license: { fileName: "licenses/packages.txt" },
    // The Content-Security-Policy would have to allow data: URLs.
    assetsInlineLimit: 0,
    target: "es2022",
    rolldownOptions: {
      output: {
        // Without groups a page takes 80 requests, most of them for a kilobyte that two screens share.
        codeSplitting: {
          groups: [
            { name: "packages", tags: ["$initial"], test: /node_modules/, priority: 2 },
            { name: "common", tags: ["$initial"], minShareCount: 2, priority: 1 },
            { name: "shared", minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 10_000 },
          ],
        },
        // The group's own names list the screens that share it.
        chunkFileNames: ({ name }) => `assets/${shortened(name)}-[hash].js`,
        assetFileNames: ({ names: [name = ""] }) => `assets/${shortened(name)}-[hash][extname]`,
      },
    },
    chunkSizeWarningLimit: 700,
    // Older targets would rewrite light-dark().
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
  },
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  server: { host: "127.0.0.1", port: 5173, proxy: { "/api": through, "/docs": through, "/media": through } },
  test: {
    // Files share a jsdom and modules, which takes a third of the time; src/testing/setup.ts cleans up after each test.
    pool: "threads",
    isolate: false,
    projects: [
      // Half of the files need no browser, and each jsdom takes a second to make.
      {
        extends: true,
        test: { name: "node", environment: "node", include: ["src/**/*.test.ts"], exclude: [DOM_TESTS] },
      },
      {
        extends: true,
        test: {
          name: "dom",
          environment: "jsdom",
          include: ["src/**/*.test.tsx", DOM_TESTS],
          setupFiles: ["src/testing/setup.ts"],
        },
      },
    ],
    css: false,
    testTimeout: 60_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
}));
