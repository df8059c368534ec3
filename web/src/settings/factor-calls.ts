// The second factor of the person who is signed in, as calls.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import type { components } from "@/api/schema";
import { sessionsQuery } from "@/settings/calls";

export type FactorSecret = components["schemas"]["SecondFactorSecret"];
type FactorState = components["schemas"]["SecondFactorRead"];

export const factorQuery = queryOptions({
  queryKey: ["second-factor"],
  queryFn: ({ signal }): Promise<FactorState> => answered(api.GET("/api/v1/session/totp", { signal })),
});

/** The secret is in the answer: it is not to be kept longer than it is shown. */
export function useBeginFactor() {
  return useMutation({
    mutationFn: (password: string | null): Promise<FactorSecret> =>
      answered(api.POST("/api/v1/session/totp", { body: { password } })),
    gcTime: 0,
  });
}

/** `show` gets the recovery codes, this once, before anything is read anew: the form that asked may be gone by then. */
export function useConfirmFactor(show: (codes: string[]) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (code: string): Promise<string[]> =>
      (await answered(api.POST("/api/v1/session/totp/confirm", { body: { code } }))).recovery_codes,
    onSuccess: async (codes) => {
      show(codes);
      await Promise.all(
        [factorQuery.queryKey, sessionsQuery.queryKey].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    },
    gcTime: 0,
  });
}

export function useDisableFactor() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (code: string) => answered(api.POST("/api/v1/session/totp/disable", { body: { code } })),
    onSuccess: () => client.invalidateQueries({ queryKey: factorQuery.queryKey }),
  });
}
