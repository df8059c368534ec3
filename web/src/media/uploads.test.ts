import { describe, expect, it } from "vitest";

import { Problem } from "@/api/problem";
import { parseLibrarySearch } from "@/media/search";
import {
  canRetry,
  countUploads,
  findFileProblem,
  findStartable,
  MAX_BYTES,
  reduceUploads,
  type Upload,
  type UploadAction,
} from "@/media/uploads";

const png = (name: string) => new File(["x"], name, { type: "image/png" });
const run = (...actions: UploadAction[]) => actions.reduce<readonly Upload[]>(reduceUploads, []);
const added: UploadAction = { type: "added", files: [png("a"), png("b"), png("c")] };

describe("the uploads", () => {
  it("start two at a time, in the order of the files", () => {
    const names = (uploads: readonly Upload[]) => findStartable(uploads).map(({ file }) => file.name);
    expect(names(run(added))).toEqual(["a", "b"]);
    expect(names(run(added, { type: "started", id: 1 }))).toEqual(["b"]);
    expect(names(run(added, { type: "started", id: 1 }, { type: "started", id: 2 }))).toEqual([]);
    const after = run(added, { type: "started", id: 1 }, { type: "started", id: 2 }, { type: "finished", id: 1 });
    expect(names(after)).toEqual(["c"]);
  });

  it("refuse at once what the server would refuse, and go on with the others", () => {
    const uploads = run({ type: "added", files: [new File(["%PDF"], "p.pdf", { type: "application/pdf" }), png("a")] });
    expect(uploads.map(({ state, problem }) => [state, problem])).toEqual([
      ["failed", "notPicture"],
      ["waiting", null],
    ]);
    expect(findFileProblem({ type: "image/png", size: MAX_BYTES })).toBeNull();
    expect(findFileProblem({ type: "image/png", size: MAX_BYTES + 1 })).toBe("tooLarge");
    expect(findFileProblem({ type: "image/png", size: 0 })).toBe("empty");
    expect(findFileProblem({ type: "", size: 9 })).toBeNull();
  });

  it("keep what is under way when the list is cleared, and never use an id again", () => {
    const cleared = run(added, { type: "started", id: 1 }, { type: "finished", id: 1 }, { type: "cleared" });
    expect(cleared.map(({ id }) => id)).toEqual([2, 3]);
    expect(reduceUploads(cleared, { type: "added", files: [png("d")] }).map(({ id }) => id)).toEqual([2, 3, 4]);
  });

  it("are counted", () => {
    const uploads = run(added, { type: "finished", id: 1 }, { type: "failed", id: 2, error: new Error("no") });
    expect(countUploads(uploads)).toEqual({ done: 1, failed: 1, open: 1 });
  });

  it.each([
    [0, true],
    [429, true],
    [503, true],
    [413, false],
    [422, false],
  ])("after status %i may be retried: %s", (status, expected) => {
    const error = new Problem({ status, code: "x", detail: "" });
    const [upload] = run({ type: "added", files: [png("a")] }, { type: "failed", id: 1, error });
    expect(upload && canRetry(upload)).toBe(expected);
  });
});

describe("the library's address", () => {
  it("leaves out defaults and what is invalid", () => {
    expect(parseLibrarySearch({ show: "own", q: " ", picture: 3 })).toEqual({});
    expect(parseLibrarySearch({ show: "nothing", q: 2026 })).toEqual({ q: "2026" });
    expect(parseLibrarySearch({ show: "generated", q: " sea ", picture: "med_1" })).toEqual({
      show: "generated",
      q: "sea",
      picture: "med_1",
    });
  });
});
