// Changes of workspaces, as API calls.
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import { sessionQuery } from "@/api/session";

export type WorkspaceChange = components["schemas"]["WorkspaceChange"];
export type NewWorkspace = components["schemas"]["NewWorkspace"];

export function useChangeWorkspace(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: WorkspaceChange) =>
      unwrap(api.PATCH("/api/v1/workspaces/{workspace_id}", { params: { path: { workspace_id: id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
}

export function createWorkspace(body: NewWorkspace) {
  return unwrap(api.POST("/api/v1/workspaces", { body }));
}
