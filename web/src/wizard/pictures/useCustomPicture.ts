// Setting an uploaded picture for one platform: from a file, dropped, pasted, from a link, or from the library.
import { useCallback, useEffect, useRef, useState, type DragEvent, type RefObject } from "react";

import { importMedium, type Medium } from "@/api/media";
import { uploadMedium } from "@/api/media-upload";
import { usePostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { updateImages } from "@/wizard/pictures/calls";
import { findPicture } from "@/wizard/pictures/findPicture";
import type { PictureSlot } from "@/wizard/pictures/slots";

export interface CustomPictureState {
  /** Of an upload, from 0 to 1; null while none is running. */
  progress: number | null;
  pending: boolean;
  error: unknown;
  isOver: boolean;
  dropping: {
    onDragOver: (event: DragEvent) => void;
    onDragLeave: (event: DragEvent) => void;
    onDrop: (event: DragEvent) => void;
  };
  upload: (file: File) => void;
  importFrom: (url: string, onDone: () => void) => void;
  /** Use a picture from the library. */
  select: (mediumId: string) => void;
  stop: () => void;
}

export function useCustomPicture(
  post: Post,
  slot: PictureSlot,
  tile: RefObject<HTMLElement | null>,
): CustomPictureState {
  const { platform, result, isEditable } = slot;
  const canChange = isEditable && !result.image_locked;
  const [progress, setProgress] = useState<number | null>(null);
  const [isOver, setIsOver] = useState(false);
  const running = useRef<AbortController | null>(null);
  const { mutate, error, isPending } = usePostChange(post, { reread: true });
  const set = useCallback(
    (getMedium: () => Promise<Pick<Medium, "id">>, onDone?: () => void) =>
      mutate(
        async () => {
          try {
            return await updateImages(post.job_id, { [platform.name]: { media_id: (await getMedium()).id } });
          } catch (error) {
            if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
            // The upload was stopped: nothing has changed.
            return post;
          } finally {
            setProgress(null);
          }
        },
        { onSuccess: () => onDone?.() },
      ),
    [mutate, post, platform.name],
  );
  const upload = useCallback(
    (file: File) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      setProgress(0);
      set(() => uploadMedium(file, { onProgress: setProgress, signal: controller.signal }));
    },
    [set],
  );
  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const file = findPicture(event.clipboardData);
      if (!canChange || !file || !isForTile(tile.current, event.target)) return;
      event.preventDefault();
      upload(file);
    };
    document.addEventListener("paste", onPaste);
    return () => document.removeEventListener("paste", onPaste);
  }, [canChange, upload, tile]);
  const dropping = {
    onDragOver: (event: DragEvent) => {
      if (!canChange || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      setIsOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      if (!(event.relatedTarget instanceof Node && tile.current?.contains(event.relatedTarget))) setIsOver(false);
    },
    onDrop: (event: DragEvent) => {
      setIsOver(false);
      // Prevents the browser from opening the dropped file.
      event.preventDefault();
      const file = findPicture(event.dataTransfer);
      if (canChange && file) upload(file);
    },
  };
  return {
    progress,
    pending: isPending,
    error,
    isOver,
    dropping,
    upload,
    importFrom: (url, onDone) => set(() => importMedium(url), onDone),
    select: (mediumId) => set(() => Promise.resolve({ id: mediumId })),
    stop: () => running.current?.abort(),
  };
}

/** Return whether a paste is for this tile: inside it, or outside any field while the pointer is over it. */
function isForTile(tile: HTMLElement | null, target: EventTarget | null): boolean {
  if (!tile) return false;
  if (target instanceof Node && tile.contains(target)) return true;
  return target === document.body && tile.matches(":hover");
}
