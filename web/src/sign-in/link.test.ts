// The one-time link's token, and the paths that a sign-in may redirect to.
import { describe, expect, it } from "vitest";

import { isLocalPath, captureLinkToken, takeLinkToken } from "@/sign-in/link";

function visit(pathname: string, hash: string, search = "") {
  const shown: string[] = [];
  captureLinkToken({ pathname, search, hash }, { replaceState: (_data, _unused, url) => void shown.push(String(url)) });
  return shown;
}

describe("the one-time link", () => {
  it("is removed from the address and returned once", () => {
    expect(visit("/sign-in", "#abc_-9", "?next=%2Fposts")).toEqual(["/sign-in?next=%2Fposts"]);
    expect(takeLinkToken("/sign-in")).toBe("abc_-9");
    expect(takeLinkToken("/sign-in")).toBeNull();
  });

  it("is read on the sign-in page only", () => {
    expect(visit("/posts", "#abc")).toEqual([]);
    expect(visit("/sign-in", "")).toEqual([]);
    expect(takeLinkToken("/sign-in")).toBeNull();
  });
});

describe("a redirect after signing in", () => {
  it.each(["/", "/posts/post_1/edit?step=2", "/a//b"])("to %s is allowed", (path) => {
    expect(isLocalPath(path)).toBe(true);
  });

  it.each([
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "posts",
    "javascript:alert(1)",
    "/\t/evil.example",
    "",
    7,
    null,
  ])("to %j is not allowed", (path) => {
    expect(isLocalPath(path)).toBe(false);
  });
});
