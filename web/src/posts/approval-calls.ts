// API calls for the approval of a post.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import { POSTS } from "@/api/posts";
import type { components } from "@/api/schema";

export type Approval = components["schemas"]["ApprovalRead"];
export type ApprovalLink = components["schemas"]["LinkRead"];

export function approvalQuery(postId: string) {
  return queryOptions({
    queryKey: [...POSTS, "approval", postId],
    queryFn: ({ signal }): Promise<Approval> =>
      unwrap(api.GET("/api/v1/posts/{post_id}/approval", { params: path(postId), signal })),
  });
}

export interface ApprovalStep {
  step: "request" | "approve" | "send_back" | "comment";
  comment: string;
  /** What the person has seen. */
  version: string;
}

/** Ask, decide or comment. After an error the approval is read again: somebody else may have been faster. */
export function useApprovalStep(postId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: ApprovalStep): Promise<Approval> => send(postId, asked),
    onSuccess: (approval) => client.setQueryData(approvalQuery(postId).queryKey, approval),
    onSettled: () => client.invalidateQueries({ queryKey: POSTS }),
  });
}

function send(postId: string, { step, comment, version }: ApprovalStep): Promise<Approval> {
  const params = path(postId);
  if (step === "request")
    return unwrap(api.POST("/api/v1/posts/{post_id}/approval/request", { params, body: { comment } }));
  if (step === "comment")
    return unwrap(api.POST("/api/v1/posts/{post_id}/approval/comments", { params, body: { text: comment } }));
  const body = { version, comment };
  return step === "approve"
    ? unwrap(api.POST("/api/v1/posts/{post_id}/approval/approve", { params, body }))
    : unwrap(api.POST("/api/v1/posts/{post_id}/approval/send-back", { params, body }));
}

export function useMakeLink(postId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { note: string; days: number }) =>
      unwrap(api.POST("/api/v1/posts/{post_id}/approval/links", { params: path(postId), body })),
    onSuccess: () => client.invalidateQueries({ queryKey: approvalQuery(postId).queryKey }),
    // The answer contains the link: do not cache it.
    gcTime: 0,
  });
}

export function useWithdrawLink(postId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (linkId: string) => {
      const params = { path: { post_id: postId, link_id: linkId } };
      return unwrap(api.DELETE("/api/v1/posts/{post_id}/approval/links/{link_id}", { params }));
    },
    onSettled: () => client.invalidateQueries({ queryKey: approvalQuery(postId).queryKey }),
  });
}

function path(postId: string) {
  return { path: { post_id: postId } };
}
