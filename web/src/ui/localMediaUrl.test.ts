// The URLs of media.
import { expect, it } from "vitest";

import { localMediaUrl } from "@/ui/localMediaUrl";

it.each([
  ["https://araldo.example/media/med_1.jpg?expires=1&signature=s", "/media/med_1.jpg?expires=1&signature=s"],
  ["/media/med_1.jpg?expires=1", "/media/med_1.jpg?expires=1"],
  ["https://elsewhere.example/p.jpg", "https://elsewhere.example/p.jpg"],
])("%s is loaded as %s", (url, own) => {
  expect(localMediaUrl(url, "http://127.0.0.1:8000")).toBe(own);
});
