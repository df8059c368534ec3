// The uploads of the library as a list that changes by actions. Pure.
import { Problem } from "@/api/problem";

/** The server's limit for a picture. */
export const MAX_BYTES = 25 * 1024 * 1024;
const PARALLEL = 2;

export type FileProblem = "notPicture" | "empty" | "tooLarge";

export interface Upload {
  id: number;
  file: File;
  state: "waiting" | "uploading" | "done" | "failed";
  /** From 0 to 1. */
  share: number;
  /** Why it failed: with the file, or the error of the call. */
  problem: FileProblem | Error | null;
}

export type UploadAction =
  | { type: "added"; files: readonly File[] }
  | { type: "started"; id: number }
  | { type: "progressed"; id: number; share: number }
  | { type: "finished"; id: number }
  | { type: "failed"; id: number; error: Error }
  | { type: "retried"; id: number }
  | { type: "removed"; id: number }
  | { type: "cleared" };

export function reduceUploads(uploads: readonly Upload[], action: UploadAction): readonly Upload[] {
  switch (action.type) {
    case "added": {
      const first = Math.max(0, ...uploads.map(({ id }) => id)) + 1;
      return [...uploads, ...action.files.map((file, index) => newUpload(first + index, file))];
    }
    case "started":
      return change(uploads, action.id, { state: "uploading", share: 0 });
    case "progressed":
      return change(uploads, action.id, { share: action.share });
    case "finished":
      return change(uploads, action.id, { state: "done", share: 1 });
    case "failed":
      return change(uploads, action.id, { state: "failed", problem: action.error });
    case "retried":
      return change(uploads, action.id, { state: "waiting", share: 0, problem: null });
    case "removed":
      return uploads.filter(({ id }) => id !== action.id);
    case "cleared":
      return uploads.filter(({ state }) => state === "waiting" || state === "uploading");
  }
}

/** A file that the server would refuse has failed at once. */
function newUpload(id: number, file: File): Upload {
  const problem = findFileProblem(file);
  return { id, file, state: problem === null ? "waiting" : "failed", share: 0, problem };
}

function change(uploads: readonly Upload[], id: number, fields: Partial<Upload>): readonly Upload[] {
  return uploads.map((upload) => (upload.id === id ? { ...upload, ...fields } : upload));
}

/** Return why the server would refuse a file; null when only the server can tell. */
export function findFileProblem(file: Pick<File, "type" | "size">): FileProblem | null {
  // Without a type the browser does not know the file; the server looks at its bytes.
  if (file.type !== "" && !file.type.startsWith("image/")) return "notPicture";
  if (file.size === 0) return "empty";
  return file.size > MAX_BYTES ? "tooLarge" : null;
}

/** Return the waiting uploads that may start now. */
export function findStartable(uploads: readonly Upload[]): readonly Upload[] {
  const running = uploads.filter(({ state }) => state === "uploading").length;
  return uploads.filter(({ state }) => state === "waiting").slice(0, Math.max(0, PARALLEL - running));
}

/** Return whether the same file may be sent again: not where its content was refused. */
export function canRetry({ state, problem }: Upload): boolean {
  if (state !== "failed" || typeof problem === "string") return false;
  return !(problem instanceof Problem) || problem.unanswered || problem.status >= 500 || problem.status === 429;
}

export interface UploadCounts {
  done: number;
  failed: number;
  open: number;
}

export function countUploads(uploads: readonly Upload[]): UploadCounts {
  const count = (...states: Upload["state"][]) => uploads.filter(({ state }) => states.includes(state)).length;
  return { done: count("done"), failed: count("failed"), open: count("waiting", "uploading") };
}
