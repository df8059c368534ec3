// The workspace's brand kit: read and replace.
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";

export type Brand = components["schemas"]["BrandRead"];
export type BrandFields = components["schemas"]["BrandFields"];

export const brandQuery = queryOptions({
  queryKey: ["brand"],
  queryFn: ({ signal }): Promise<Brand> => unwrap(api.GET("/api/v1/brand", { signal })),
});

export function saveBrand(body: BrandFields): Promise<Brand> {
  return unwrap(api.PUT("/api/v1/brand", { body }));
}
