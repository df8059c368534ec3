// The run of an import: the rows that are done so far, and how it ended. It can be stopped and continued.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

import { POSTS } from "@/api/posts";
import { importPosts, type ChosenFile, type ImportAnswer, type ImportedRow, type ImportOptions } from "@/imports/calls";

/** What is made stays made: a run that was stopped, or broke off, goes on under the same key. */
export function useRun(file: ChosenFile | null, options: ImportOptions, intent: string) {
  const client = useQueryClient();
  const [rows, setRows] = useState<readonly ImportedRow[]>([]);
  const [wasStopped, setWasStopped] = useState(false);
  const stopper = useRef<AbortController | null>(null);
  useEffect(() => () => stopper.current?.abort(), []);
  const mutation = useMutation({
    mutationFn: async (): Promise<ImportAnswer | null> => {
      if (file === null) return null;
      const controller = (stopper.current = new AbortController());
      setRows([]);
      setWasStopped(false);
      const done: ImportedRow[] = [];
      try {
        const onRow = (row: ImportedRow) => {
          done.push(row);
          setRows([...done]);
        };
        return await importPosts(file, options, { intent, signal: controller.signal, onRow });
      } catch (error) {
        if (!controller.signal.aborted) throw error;
        setWasStopped(true);
        return null;
      }
    },
    onSettled: () => void client.invalidateQueries({ queryKey: POSTS }),
  });
  const { reset: resetMutation } = mutation;
  const reset = useCallback(() => {
    resetMutation();
    setRows([]);
    setWasStopped(false);
  }, [resetMutation]);
  return {
    rows,
    answer: mutation.data ?? null,
    error: mutation.error,
    isRunning: mutation.isPending,
    wasStopped,
    start: () => mutation.mutate(),
    stop: () => stopper.current?.abort(),
    reset,
  };
}

export type Run = ReturnType<typeof useRun>;
