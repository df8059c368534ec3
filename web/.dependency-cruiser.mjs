// What a module may import; `npm run imports` checks it. docs/studio.md says which folder is what.
// A folder of src/ that no rule names is a feature.

const LAYERS = "^src/(app|ui|api|i18n|testing)/";
// Tests and their support may import anything.
const TESTS = "^src/testing/|\\.test\\.tsx?$";

const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

export default {
  forbidden: [
    rule("no-circle", "What both modules need belongs into a third one.", {}, { circular: true }),
    rule("resolvable", "An import that is not found would go unchecked.", {}, { couldNotResolve: true }),
    rule(
      "features-stand-alone",
      "A feature imports itself, ui, api and i18n: what two features need belongs into ui or api.",
      { path: "^src/([^/]+)/", pathNot: [LAYERS, TESTS] },
      { path: "^src/", pathNot: ["^src/$1/", "^src/(ui|api|i18n)/"] },
    ),
    rule(
      "ui-below-features",
      "Shared components know no feature and no app.",
      { path: "^src/ui/", pathNot: TESTS },
      { path: "^src/", pathNot: "^src/(ui|api|i18n)/" },
    ),
    rule(
      "api-below-ui",
      "The API layer renders nothing.",
      { path: "^src/api/", pathNot: TESTS },
      { path: "^src/", pathNot: "^src/(api|i18n)/" },
    ),
    rule(
      "i18n-lowest",
      "Language, catalogues and dates know no other code; the API's types name the languages.",
      { path: "^src/i18n/", pathNot: TESTS },
      { path: "^src/", pathNot: "^src/i18n/|^src/api/schema\\.d\\.ts$" },
    ),
    rule(
      "messages-through-i18n",
      "Messages are used through useMessages(), never read from their files.",
      { path: "^src/", pathNot: ["^src/i18n/", TESTS] },
      { path: "^src/i18n/.+\\.json$" },
    ),
    rule(
      "no-test-code-shipped",
      "Only tests import tests and src/testing.",
      { path: "^src/", pathNot: TESTS },
      { path: TESTS },
    ),
    rule("main-is-first", "main.tsx is the entry point; nothing imports it.", {}, { path: "^src/main\\.tsx$" }),
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    // Types count as well: they tie modules together just the same.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
  },
};
