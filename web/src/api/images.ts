// Generated pictures: the styles and providers, and the preview of a card.
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";

export type PreviewFields = components["schemas"]["PreviewFields"];

export const imageChoicesQuery = queryOptions({
  queryKey: ["image-choices"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/images/choices", { signal })),
  // They change with the operator's settings only.
  staleTime: Infinity,
});

/** Draw a card that is not stored; return it as a data URL. */
export async function previewCard(body: PreviewFields, signal: AbortSignal): Promise<string> {
  const card = await unwrap(api.POST("/api/v1/images/preview", { body, parseAs: "blob", signal }));
  return readAsDataUrl(card);
}

function readAsDataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result as string));
    reader.addEventListener("error", () => reject(new Error("The card could not be read.")));
    reader.readAsDataURL(blob);
  });
}
