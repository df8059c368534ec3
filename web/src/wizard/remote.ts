// The server calls of the wizard's autosave.
import type { QueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import { withIdempotencyKey } from "@/api/idempotency";
import { changePost } from "@/api/post-actions";
import { postQuery, type Post, type PostFields } from "@/api/posts";
import type { Remote } from "@/wizard/autosave";
import { patchFields } from "@/wizard/draft";
import { BLANK } from "@/wizard/draftFields";

/** `draftId`: the new post's local id, under which it is created only once. */
export function createRemote(client: QueryClient, draftId: string): Remote {
  return {
    create: (draft) => {
      const body = patchFields(BLANK, draft) as PostFields;
      return sendOnce(client, `create/${draftId}`, (header) =>
        unwrap(api.POST("/api/v1/posts", { body, params: { header } })),
      );
    },
    change: (id, rev, fields) => runAsMutation(client, () => changePost(id, fields, { "If-Match": `"${rev}"` })),
    read: (id) => client.query({ ...postQuery(id), staleTime: 0 }),
  };
}

/** Send a request under its intent's idempotency key, as a mutation. */
export function sendOnce(
  client: QueryClient,
  intent: string,
  send: (header: { "Idempotency-Key": string }) => Promise<Post>,
): Promise<Post> {
  return withIdempotencyKey(intent, (header) => runAsMutation(client, () => send(header)));
}

/** Run a request through the mutation cache, whose error handler notices an ended session. */
function runAsMutation(client: QueryClient, send: () => Promise<Post>): Promise<Post> {
  return client
    .getMutationCache()
    .build<Post, Error, null, unknown>(client, { mutationFn: send, networkMode: "always" })
    .execute(null);
}
