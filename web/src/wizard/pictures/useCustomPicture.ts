// Bringing a picture of one's own to one platform: from a file, dropped, pasted, or from an address.
import { useCallback, useEffect, useRef, useState, type DragEvent, type RefObject } from "react";

import type { Post } from "@/api/posts";
import { fetchMedium, setImages, usePostChange, type Medium } from "@/wizard/pictures/calls";
import type { Place } from "@/wizard/pictures/pictures";
import { pictureIn, uploadMedium } from "@/wizard/pictures/upload";

export interface OwnPictureHere {
  /** Of an upload, from 0 to 1; null while nothing is on its way. */
  progress: number | null;
  pending: boolean;
  error: unknown;
  isOver: boolean;
  dropping: {
    onDragOver: (event: DragEvent) => void;
    onDragLeave: (event: DragEvent) => void;
    onDrop: (event: DragEvent) => void;
  };
  bring: (file: File) => void;
  fetchFrom: (url: string, done: () => void) => void;
  /** One that is in the library. */
  show: (mediumId: string) => void;
  callOff: () => void;
}

export function useOwnPicture(post: Post, place: Place, tile: RefObject<HTMLElement | null>): OwnPictureHere {
  const { platform, result, open } = place;
  const free = open && !result.image_locked;
  const [progress, setProgress] = useState<number | null>(null);
  const [isOver, setOver] = useState(false);
  const over = useRef<AbortController | null>(null);
  const { mutate, error, isPending } = usePostChange(post);
  const show = useCallback(
    (find: () => Promise<Pick<Medium, "id">>, done?: () => void) =>
      mutate(
        async () => {
          try {
            return await setImages(post.job_id, { [platform.name]: { media_id: (await find()).id } });
          } catch (error) {
            if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
            // Called off: all is as it was.
            return post;
          } finally {
            setProgress(null);
          }
        },
        { onSuccess: () => done?.() },
      ),
    [mutate, post, platform.name],
  );
  const bring = useCallback(
    (file: File) => {
      over.current?.abort();
      const own = new AbortController();
      over.current = own;
      setProgress(0);
      show(() => uploadMedium(file, { onProgress: setProgress, signal: own.signal }));
    },
    [show],
  );
  useEffect(() => () => over.current?.abort(), []);
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const file = pictureIn(event.clipboardData);
      if (!free || !file || !isMeant(tile.current, event.target)) return;
      event.preventDefault();
      bring(file);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, [free, bring, tile]);
  const dropping = {
    onDragOver: (event: DragEvent) => {
      if (!free || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      if (!(event.relatedTarget instanceof Node && tile.current?.contains(event.relatedTarget))) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      setOver(false);
      // Never open a dropped file instead of this page.
      event.preventDefault();
      const file = pictureIn(event.dataTransfer);
      if (free && file) bring(file);
    },
  };
  return {
    progress,
    pending: isPending,
    error,
    isOver,
    dropping,
    bring,
    fetchFrom: (url, done) => show(() => fetchMedium(url), done),
    show: (mediumId) => show(() => Promise.resolve({ id: mediumId })),
    callOff: () => over.current?.abort(),
  };
}

/** Pasted inside the tile; or nowhere, while the pointer is over it. */
function isMeant(tile: HTMLElement | null, target: EventTarget | null): boolean {
  if (!tile) return false;
  if (target instanceof Node && tile.contains(target)) return true;
  return target === document.body && tile.matches(":hover");
}
