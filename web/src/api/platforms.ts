// The platforms as they declare themselves: their labels, limits, pictures and previews. The studio holds none of its own.
import { queryOptions } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import type { components } from "@/api/schema";

export type Platform = components["schemas"]["PlatformRead"];

export const platformsQuery = queryOptions({
  queryKey: ["platforms"],
  queryFn: async ({ signal }): Promise<Platform[]> => (await answered(api.GET("/api/v1/platforms", { signal }))).data,
  // They change with the server's version only.
  staleTime: Infinity,
});

/** The name itself, when the server has told of no such platform. */
export function labelOf(platforms: readonly Platform[], name: string): string {
  return platforms.find((platform) => platform.name === name)?.label ?? name;
}
