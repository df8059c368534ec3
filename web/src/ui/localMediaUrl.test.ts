// Addresses of pictures.
import { expect, it } from "vitest";

import { ownAddress } from "@/ui/ownAddress";

it.each([
  ["https://araldo.example/media/med_1.jpg?expires=1&signature=s", "/media/med_1.jpg?expires=1&signature=s"],
  ["/media/med_1.jpg?expires=1", "/media/med_1.jpg?expires=1"],
  ["https://elsewhere.example/p.jpg", "https://elsewhere.example/p.jpg"],
])("%s is loaded as %s", (url, own) => {
  expect(ownAddress(url, "http://127.0.0.1:8000")).toBe(own);
});
