// The lint rules; the studio's own ones come last.
import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const MESSAGES = "Texts come from the area's it.json and en.json, through useMessages().";

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.d.ts"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [
      ...tseslint.configs.strictTypeChecked,
      jsxA11y.flatConfigs.strict,
      reactHooks.configs.flat["recommended-latest"],
    ],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "max-lines": ["error", 250],
      complexity: ["error", 12],
      eqeqeq: "error",
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // The router redirects by throwing.
      "@typescript-eslint/only-throw-error": "off",
      "no-restricted-syntax": [
        "error",
        { selector: "JSXText[value=/\\p{L}{2}/u]", message: MESSAGES },
        {
          selector:
            "JSXAttribute[name.name=/^(aria-label|title|label|placeholder|description|alt|error)$/] > Literal[value=/\\p{L}{2}/u]",
          message: MESSAGES,
        },
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: "HTML is never set as a string.",
        },
      ],
      "no-restricted-globals": [
        "error",
        { name: "fetch", message: "Use src/api/client.ts: it sends the session and throws problems." },
      ],
    },
  },
  {
    // Tests contain literal texts, and stub fetch; the React Compiler would compile each for its rules.
    files: ["src/**/*.test.{ts,tsx}", "src/testing/**"],
    rules: {
      ...Object.fromEntries(Object.keys(reactHooks.rules).map((name) => [`react-hooks/${name}`, "off"])),
      "no-restricted-syntax": "off",
      "no-restricted-globals": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    // The service worker.
    files: ["public/*.js"],
    languageOptions: { globals: { self: "readonly", URL: "readonly", URLSearchParams: "readonly" } },
  },
  {
    files: ["scripts/**/*.mjs", "eslint.config.js"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
);
