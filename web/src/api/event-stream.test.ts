// Events out of pieces of text.
import { describe, expect, it } from "vitest";

import { eventReader } from "@/api/event-stream";

const TEXT =
  'retry: 2000\nid: 7\n\nid: 8\nevent: delivery.published\ndata: {"a":\ndata: 1}\n\n: still here\n\nid: 9\r\nevent: post.edited\r\ndata:x\r\n\r\nid: 10\nevent: cut off';
const EVENTS = [
  { id: "7", kind: "", data: "" },
  { id: "8", kind: "delivery.published", data: '{"a":\n1}' },
  { id: "9", kind: "post.edited", data: "x" },
];

describe("the event reader", () => {
  it.each([1, 2, 3, 7, 1000])("reads the same from pieces of %i", (size) => {
    const take = eventReader();
    const found = [];
    for (let at = 0; at < TEXT.length; at += size) found.push(...take(TEXT.slice(at, at + size)));
    expect(found).toEqual(EVENTS);
  });

  it("keeps the id for an event without one", () => {
    const take = eventReader();
    expect(take("id: 3\ndata: a\n\ndata: b\n\n").map(({ id }) => id)).toEqual(["3", "3"]);
  });
});
