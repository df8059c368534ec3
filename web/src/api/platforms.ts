// The platforms with their labels, limits, pictures and previews, all declared by the server.
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";

export type Platform = components["schemas"]["PlatformRead"];

export const platformsQuery = queryOptions({
  queryKey: ["platforms"],
  queryFn: async ({ signal }): Promise<Platform[]> => (await unwrap(api.GET("/api/v1/platforms", { signal }))).data,
  // Constant for a version of the server.
  staleTime: Infinity,
});

/** Return a platform's label; its name when it is unknown. */
export function platformLabel(platforms: readonly Platform[], name: string): string {
  return platforms.find((platform) => platform.name === name)?.label ?? name;
}
