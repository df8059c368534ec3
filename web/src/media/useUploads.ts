// Uploads files to the library, two at a time, with the progress of each.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useReducer, useRef } from "react";

import { MEDIA, mediaTagsQuery } from "@/api/media";
import { uploadMedium } from "@/api/media-upload";
import { findStartable, reduceUploads, type Upload } from "@/media/uploads";

export interface Uploads {
  uploads: readonly Upload[];
  add: (files: readonly File[]) => void;
  retry: (id: number) => void;
  /** Stop an upload, or take a finished one from the list. */
  remove: (id: number) => void;
  clear: () => void;
}

/** Uploads that are not finished are stopped with the page. `tag`: what new pictures are tagged with. */
export function useUploads(tag?: string): Uploads {
  const client = useQueryClient();
  const [uploads, dispatch] = useReducer(reduceUploads, []);
  const running = useRef(new Map<number, AbortController>());
  const start = useCallback(
    async ({ id, file }: Upload) => {
      const controller = new AbortController();
      running.current.set(id, controller);
      dispatch({ type: "started", id });
      try {
        const onProgress = (share: number) => dispatch({ type: "progressed", id, share });
        await uploadMedium(file, { tags: tag ? [tag] : [], onProgress, signal: controller.signal });
        dispatch({ type: "finished", id });
        void client.invalidateQueries({ queryKey: [...MEDIA, "list"] });
        if (tag) void client.invalidateQueries({ queryKey: mediaTagsQuery.queryKey });
      } catch (error) {
        if (controller.signal.aborted) return;
        dispatch({ type: "failed", id, error: error instanceof Error ? error : new Error(String(error)) });
      } finally {
        running.current.delete(id);
      }
    },
    [client, tag],
  );
  useEffect(() => {
    for (const upload of findStartable(uploads)) if (!running.current.has(upload.id)) void start(upload);
  }, [uploads, start]);
  useEffect(() => {
    const controllers = running.current;
    return () => {
      for (const controller of controllers.values()) controller.abort();
    };
  }, []);
  return {
    uploads,
    add: useCallback((files) => dispatch({ type: "added", files }), []),
    retry: (id) => dispatch({ type: "retried", id }),
    remove: (id) => {
      running.current.get(id)?.abort();
      dispatch({ type: "removed", id });
    },
    clear: () => dispatch({ type: "cleared" }),
  };
}
