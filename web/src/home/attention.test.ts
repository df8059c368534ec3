// Why a post needs a person.
import { describe, expect, it } from "vitest";

import { attentionReason } from "@/home/attention";
import { post, result } from "@/testing/sample-posts";

const failing = (state: string, error: string | null) => result("facebook", state, { error });

describe("the reason for attention", () => {
  it.each([
    ["failed", [["missed", "Too late."]], { state: "missed", error: "Too late.", more: 0 }],
    [
      "failed",
      [
        ["missed", "Too late."],
        ["failed", "Refused."],
      ],
      { state: "failed", error: "Refused.", more: 1 },
    ],
    [
      "partial",
      [
        ["published", null],
        ["failed", "Refused."],
        ["unconfirmed", "No answer."],
      ],
      { state: "partial", error: "No answer.", more: 1 },
    ],
    [
      "failed",
      [
        ["failed", "Refused."],
        ["failed", "Refused."],
      ],
      { state: "failed", error: "Refused.", more: 0 },
    ],
    ["unconfirmed", [], { state: "unconfirmed", error: null, more: 0 }],
  ] as const)("of a post that is %s with %j is %j", (status, deliveries, expected) => {
    const platforms = deliveries.map(([state, error]) => failing(state, error));
    expect(attentionReason(post({ status, platforms }))).toEqual(expected);
  });
});
