// The deliveries of a post to several accounts.
import { describe, expect, it } from "vitest";

import { post, result } from "@/testing/sample-posts";
import { liveDeliveries, onePerPlatform, pictureDeliveries } from "@/ui/post/deliveries";
import { patchFields } from "@/wizard/draft";
import { draftFromPost, BLANK } from "@/wizard/draftFields";

const to = (id: string, name: string, state = "draft") =>
  result("facebook", state, { id, account_id: id, account: { id, name, username: null } });

describe("a post to two accounts of a platform", () => {
  const two = post({ platforms: [to("acc_1", "Uno"), to("acc_2", "Due"), result("instagram", "draft")] });

  it("counts a platform once where its deliveries share something", () => {
    expect(onePerPlatform(two.platforms).map(({ id }) => id)).toEqual(["acc_1", "del_instagram"]);
  });

  it("has for each platform's picture a delivery that can be edited, where there is one", () => {
    const mixed = post({
      platforms: [
        to("acc_1", "Uno", "cancelled"),
        to("acc_2", "Due", "published"),
        to("acc_3", "Tre"),
        result("instagram", "published"),
        result("other", "cancelled"),
      ],
    });
    expect(pictureDeliveries(mixed).map(({ id }) => id)).toEqual(["acc_3", "del_instagram"]);
  });

  it("is a draft with each platform once and a list of its accounts", () => {
    const draft = draftFromPost(two);
    expect([draft.platforms, draft.accounts]).toEqual([
      ["facebook", "instagram"],
      { facebook: ["acc_1", "acc_2"], instagram: ["acc_1"] },
    ]);
    expect(patchFields({ ...BLANK, accounts: { facebook: ["acc_1"] } }, draft).accounts).toEqual(draft.accounts);
  });

  it("goes no longer to the account whose delivery was cancelled", () => {
    const rest = post({ platforms: [to("acc_1", "Uno", "cancelled"), to("acc_2", "Due")] });
    expect(liveDeliveries(rest).map(({ id }) => id)).toEqual(["acc_2"]);
    expect(draftFromPost(rest).accounts).toEqual({ facebook: ["acc_2"] });
  });
});
