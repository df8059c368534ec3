// The actions available for a post.
import { describe, expect, it } from "vitest";

import { post } from "@/testing/sample-posts";
import { availableActions } from "@/ui/post/availableActions";

const names = (status: string, ...states: string[]) =>
  Object.entries(availableActions(post({ status, states })))
    .filter(([, isAvailable]) => Boolean(isAvailable))
    .map(([name]) => name)
    .join(" ");

describe("the available actions", () => {
  it.each([
    ["draft", [], "edit delete"],
    ["draft", ["draft", "draft"], "edit schedule delete"],
    ["scheduled", ["scheduled"], "edit schedule revertToDraft cancel delete"],
    ["publishing", ["published", "publishing"], ""],
    ["publishing", ["queued", "failed"], "edit retry schedule cancel"],
    ["published", ["published", "published"], "delete"],
    ["partial", ["published", "failed"], "edit retry schedule cancel delete"],
    ["failed", ["missed"], "edit retry schedule cancel delete"],
    ["unconfirmed", ["unconfirmed"], "delete"],
    ["cancelled", ["cancelled"], "edit delete"],
  ])("with %s of %j: %s", (status, states, available) => {
    expect(names(status, ...states)).toBe(available);
  });

  it("count the retryable deliveries, without those that may be published", () => {
    expect(
      availableActions(post({ status: "partial", states: ["failed", "published", "missed", "unconfirmed"] })).retry,
    ).toBe(2);
  });
});
