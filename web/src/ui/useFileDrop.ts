// Files that are dropped anywhere on the page, or pasted outside a text field.
import { useEffect, useState } from "react";

/** Call `add` with all files of a drop or a paste; return whether files are being dragged over the page. */
export function useFileDrop(add: (files: readonly File[]) => unknown): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const listeners = new AbortController();
    const on = <K extends "dragover" | "dragleave" | "drop" | "paste">(
      type: K,
      listener: (event: DocumentEventMap[K]) => void,
    ) => document.addEventListener(type, listener, { signal: listeners.signal });
    on("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setIsOver(true);
    });
    on("dragleave", (event) => {
      // Null when the pointer leaves the window.
      if (event.relatedTarget === null) setIsOver(false);
    });
    on("drop", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      // Prevents the browser from opening the dropped file.
      event.preventDefault();
      setIsOver(false);
      add([...event.dataTransfer.files]);
    });
    on("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      add(files);
    });
    return () => listeners.abort();
  }, [add]);
  return isOver;
}
