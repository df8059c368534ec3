// Parsing server-sent events from chunks.
import { describe, expect, it } from "vitest";

import { createEventParser } from "@/api/event-stream";

const TEXT =
  'retry: 2000\nid: 7\n\nid: 8\nevent: delivery.published\ndata: {"a":\ndata: 1}\n\n: still here\n\nid: 9\r\nevent: post.edited\r\ndata:x\r\n\r\nid: 10\nevent: cut off';
const EVENTS = [
  { id: "7", kind: "", data: "" },
  { id: "8", kind: "delivery.published", data: '{"a":\n1}' },
  { id: "9", kind: "post.edited", data: "x" },
];

describe("the event parser", () => {
  it.each([1, 2, 3, 7, 1000])("returns the same events for chunks of %i", (size) => {
    const parse = createEventParser();
    const found = [];
    for (let at = 0; at < TEXT.length; at += size) found.push(...parse(TEXT.slice(at, at + size)));
    expect(found).toEqual(EVENTS);
  });

  it("gives an event without an id the last one", () => {
    const parse = createEventParser();
    expect(parse("id: 3\ndata: a\n\ndata: b\n\n").map(({ id }) => id)).toEqual(["3", "3"]);
  });
});
