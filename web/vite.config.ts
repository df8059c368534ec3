// Builds the studio into the package, and serves it while it is written: `npm run dev` beside `araldo run`.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const araldo = process.env["ARALDO_DEV_URL"] ?? "http://127.0.0.1:8000";
// Host stays ours, so that Araldo's check of Host and Origin sees one and the same place.
const through = { target: araldo, changeOrigin: false };

// Tests of plain modules that need a document or its storage.
const DOM_TESTS = "src/**/*.dom.test.ts";

export default defineConfig(({ command }) => ({
  plugins: [react()],
  // The server puts a fresh nonce in place of this word in every index.html that it sends (docs/studio.md).
  ...(command === "build" ? { html: { cspNonce: "ARALDO_CSP_NONCE" } } : {}),
  build: {
    outDir: "../src/araldo/web",
    emptyOutDir: true,
    manifest: true,
    // A data: URL would be another thing for the Content-Security-Policy to allow.
    assetsInlineLimit: 0,
    target: "es2022",
    // Kept as they stand: light-dark() is made worse for browsers older than these.
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
  },
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  server: { host: "127.0.0.1", port: 5173, proxy: { "/api": through, "/media": through } },
  test: {
    // All files share a jsdom and their modules, for a third of the time; src/testing/setup.ts clears up after each test.
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
