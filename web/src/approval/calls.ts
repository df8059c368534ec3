// API calls of the page that an approval link opens. The token is in the body and not in the address, which logs record.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";

export type ApprovalPageContent = components["schemas"]["ApprovalPage"];
export type ShownDelivery = components["schemas"]["ShownDelivery"];
export type Answer = "approve" | "send_back" | "comment";

export function openedQuery(token: string) {
  return queryOptions({
    queryKey: ["approval-link", token],
    queryFn: ({ signal }): Promise<ApprovalPageContent> =>
      unwrap(api.POST("/api/v1/approval/open", { body: { token }, signal })),
    retry: false,
  });
}

export interface Reply {
  answer: Answer;
  name: string;
  comment: string;
  /** What the person has seen. */
  version: string;
}

/** Send the person's answer. After an error the post is read again: it may have changed. */
export function useAnswer(token: string) {
  const client = useQueryClient();
  const { queryKey } = openedQuery(token);
  return useMutation({
    mutationFn: (reply: Reply): Promise<ApprovalPageContent> => send(token, reply),
    onSuccess: (content) => client.setQueryData(queryKey, content),
    onError: () => client.invalidateQueries({ queryKey }),
  });
}

function send(token: string, { answer, name, comment, version }: Reply): Promise<ApprovalPageContent> {
  if (answer === "comment")
    return unwrap(api.POST("/api/v1/approval/comments", { body: { token, name, text: comment } }));
  const body = { token, name, comment, version };
  return answer === "approve"
    ? unwrap(api.POST("/api/v1/approval/approve", { body }))
    : unwrap(api.POST("/api/v1/approval/send-back", { body }));
}
