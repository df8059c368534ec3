// The token of the one-time link, and where a sign-in may lead.
import { describe, expect, it } from "vitest";

import { isOwnPath, noticeLink, takeLink } from "@/sign-in/link";

function visit(pathname: string, hash: string, search = "") {
  const shown: string[] = [];
  noticeLink({ pathname, search, hash }, { replaceState: (_data, _unused, url) => void shown.push(String(url)) });
  return shown;
}

describe("the one-time link", () => {
  it("leaves the address and is given once", () => {
    expect(visit("/sign-in", "#abc_-9", "?next=%2Fposts")).toEqual(["/sign-in?next=%2Fposts"]);
    expect(takeLink()).toBe("abc_-9");
    expect(takeLink()).toBeNull();
  });

  it("is looked for at the sign-in only", () => {
    expect(visit("/posts", "#abc")).toEqual([]);
    expect(visit("/sign-in", "")).toEqual([]);
    expect(takeLink()).toBeNull();
  });
});

describe("where a sign-in leads", () => {
  it.each(["/", "/posts/post_1/edit?step=2", "/a//b"])("%s is ours", (path) => {
    expect(isOwnPath(path)).toBe(true);
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
  ])("%j is not", (path) => {
    expect(isOwnPath(path)).toBe(false);
  });
});
