// What may be tried with a post.
import { describe, expect, it } from "vitest";

import { post } from "@/testing/sample-posts";
import { mayBeRetried, possible } from "@/ui/post/possible";

const names = (status: string, ...states: string[]) =>
  Object.entries(possible(post({ status, states })))
    .filter(([, may]) => Boolean(may))
    .map(([name]) => name)
    .join(" ");

describe("what may be tried", () => {
  it.each([
    ["draft", [], "edit remove"],
    ["draft", ["draft", "draft"], "edit schedule remove"],
    ["scheduled", ["scheduled"], "edit schedule takeBack cancel remove"],
    ["publishing", ["published", "publishing"], ""],
    ["publishing", ["queued", "failed"], "edit retry cancel"],
    ["published", ["published", "published"], "remove"],
    ["partial", ["published", "failed"], "edit retry cancel remove"],
    ["failed", ["missed"], "edit retry schedule cancel remove"],
    ["unconfirmed", ["unconfirmed"], "remove"],
    ["cancelled", ["cancelled"], "edit remove"],
  ])("with %s of %j: %s", (status, states, may) => {
    expect(names(status, ...states)).toBe(may);
  });

  it("counts what can be tried again, and never what may be out", () => {
    expect(possible(post({ status: "partial", states: ["failed", "published", "missed", "unconfirmed"] })).retry).toBe(
      2,
    );
    expect(mayBeRetried("unconfirmed")).toBe(false);
  });
});
