// The server as the wizard's saving asks it.
import type { QueryClient } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import { once } from "@/api/intent";
import { postQuery, type Post, type PostFields } from "@/api/posts";
import type { Remote } from "@/wizard/autosave";
import { BLANK, fieldsOf } from "@/wizard/draft";

/** `place`: the new post's name in this browser, so that it is made once however often that is asked. */
export function remoteOf(client: QueryClient, place: string): Remote {
  return {
    create: (draft) => {
      const body = fieldsOf(BLANK, draft) as PostFields;
      return askOnce(client, `create/${place}`, (header) =>
        answered(api.POST("/api/v1/posts", { body, params: { header } })),
      );
    },
    change: (id, rev, fields) =>
      asMutation(client, () =>
        answered(
          api.PATCH("/api/v1/posts/{post_id}", {
            params: { path: { post_id: id }, header: { "If-Match": `"${rev}"` } },
            body: fields as PostFields,
          }),
        ),
      ),
    read: (id) => client.query({ ...postQuery(id), staleTime: 0 }),
  };
}

/** Once for its intent, as `api/intent` has it. */
export function askOnce(
  client: QueryClient,
  intent: string,
  ask: (header: { "Idempotency-Key": string }) => Promise<Post>,
): Promise<Post> {
  return once(intent, (header) => asMutation(client, () => ask(header)));
}

/** So that a session that has ended is noticed here as everywhere. */
function asMutation(client: QueryClient, ask: () => Promise<Post>): Promise<Post> {
  return client
    .getMutationCache()
    .build<Post, Error, null, unknown>(client, { mutationFn: ask, networkMode: "always" })
    .execute(null);
}
