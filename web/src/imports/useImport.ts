// The state of an import: the chosen file, what the dry run found in it, and the posts as they are made.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";

import { releaseKey } from "@/api/idempotency";
import { useMay, useSession } from "@/api/session";
import { checkQuery, importIntent, MAX_BYTES, type ChosenFile, type ImportOptions } from "@/imports/calls";
import { useRun } from "@/imports/useRun";

export type FileProblem = "tooLarge" | "unreadable" | "several";

export function useImport() {
  const { workspace } = useSession();
  const maySchedule = useMay("publish");
  const intent = importIntent(workspace.id);
  const [file, setFile] = useState<ChosenFile | null>(null);
  const [fileProblem, setFileProblem] = useState<FileProblem | null>(null);
  const [options, replaceOptions] = useState<ImportOptions>({
    intent: maySchedule ? "schedule" : "draft",
    makesPictures: true,
    dayOrder: null,
  });
  const [round, setRound] = useState(0);
  const check = useQuery({
    ...checkQuery(file, options, intent, round),
    // While other options are checked, the rows of this file stay; those of another file would mislead.
    placeholderData: (before, query) => (query?.queryKey[1] === file?.id ? before : undefined),
  });
  const run = useRun(file, options, intent);
  const { isRunning, reset } = run;
  const choose = useCallback(
    async (files: readonly File[]) => {
      if (isRunning) return;
      const chosen = await readFile(files);
      reset();
      setFileProblem(typeof chosen === "string" ? chosen : null);
      setFile(typeof chosen === "string" ? null : chosen);
      replaceOptions((before) => ({ ...before, dayOrder: null }));
    },
    [isRunning, reset, setFile, setFileProblem, replaceOptions],
  );
  return {
    file,
    fileProblem,
    choose,
    options,
    setOptions: (change: Partial<ImportOptions>) => {
      reset();
      replaceOptions({ ...options, ...change });
    },
    maySchedule,
    check,
    /** Make the rows again that were made already. */
    forgetImported: () => {
      releaseKey(intent);
      reset();
      setRound(round + 1);
    },
    run,
  };
}

export type Import = ReturnType<typeof useImport>;

let chosenFiles = 0;

/** Read the one file into memory, so that the import sees what the dry run saw. */
async function readFile(files: readonly File[]): Promise<ChosenFile | FileProblem> {
  const [file] = files;
  if (!file || files.length > 1) return "several";
  if (file.size > MAX_BYTES) return "tooLarge";
  try {
    const content = new Blob([await file.arrayBuffer()]);
    return { id: (chosenFiles += 1), name: file.name, content };
  } catch {
    // A folder, or a file that is gone.
    return "unreadable";
  }
}
