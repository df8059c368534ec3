// Checks types and lints with one TypeScript program: the lint rules find most types already worked out.
// Prints what `tsc` and `eslint --max-warnings 0` print, and fails where one of them fails.
import { ESLint } from "eslint";
import ts from "typescript";
import tseslint from "typescript-eslint";

const { parser } = tseslint;

function printTypeErrors(errors) {
  const text = ts.formatDiagnosticsWithColorAndContext(errors, {
    getCurrentDirectory: () => process.cwd(),
    getNewLine: () => "\n",
    getCanonicalFileName: (name) => name,
  });
  process.stdout.write(text);
}

/** Return the project's program, with what is still valid of the last run. */
function createProgram(configFile) {
  const onUnRecoverableConfigFileDiagnostic = (error) => {
    printTypeErrors([error]);
    process.exit(1);
  };
  const config = ts.getParsedCommandLineOfConfigFile(
    configFile,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic },
  );
  return ts.createIncrementalProgram({
    rootNames: config.fileNames,
    options: config.options,
    configFileParsingDiagnostics: config.errors,
    host: ts.createIncrementalCompilerHost(config.options),
  });
}

/** Return the errors that `tsc` reports, and store what the next run can use. */
function findTypeErrors(program) {
  return ts.sortAndDeduplicateDiagnostics([
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getOptionsDiagnostics(),
    ...program.getSyntacticDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...program.getSemanticDiagnostics(),
    ...program.emit().diagnostics,
  ]);
}

/** Return typescript-eslint's parser, taking this program instead of making its own. */
function createParser(program) {
  const parseForESLint = (code, options) =>
    parser.parseForESLint(code, { ...options, projectService: false, programs: [program] });
  return { meta: parser.meta, parseForESLint };
}

const program = createProgram("tsconfig.json");
const typeErrors = findTypeErrors(program);
printTypeErrors(typeErrors);

const eslint = new ESLint({
  cache: true,
  cacheLocation: "node_modules/.cache/eslint/",
  overrideConfig: {
    files: ["**/*.{ts,tsx}"],
    languageOptions: { parser: createParser(program.getProgram()) },
  },
});
const files = await eslint.lintFiles(".");
process.stdout.write(await (await eslint.loadFormatter()).format(files));
if (typeErrors.length > 0 || files.some((file) => file.errorCount + file.warningCount > 0)) process.exitCode = 1;
