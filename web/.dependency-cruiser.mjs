// What a module may import; `npm run imports` checks it. docs/studio.md says which folder is what.
export default {
  forbidden: [
    {
      name: "no-circle",
      comment: "What both modules need belongs into a third one.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "An import that is not found would go unchecked.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    // Types count as well: they tie modules together just the same.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
  },
};
