// The server as the wizard's saving asks it.
import type { QueryClient } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import { idempotent, settle } from "@/api/intent";
import { postQuery, type Post, type PostFields } from "@/api/posts";
import { Problem } from "@/api/problem";
import type { Remote } from "@/wizard/autosave";
import { BLANK, fieldsOf } from "@/wizard/draft";

/** `place`: the new post's name in this browser, so that it is made once however often that is asked. */
export function remoteOf(client: QueryClient, place: string): Remote {
  return {
    create: (draft) => {
      const body = fieldsOf(BLANK, draft) as PostFields;
      return once(client, `create/${place}`, (header) => answered(api.POST("/api/v1/posts", { body, params: { header } })));
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

/**
 * Asks for something that may happen only once, under the intent's own key; asked again after a lost answer, the key is
 * the same, also after a reload. A definite answer ends the intent.
 */
export async function once(
  client: QueryClient,
  intent: string,
  ask: (header: { "Idempotency-Key": string }) => Promise<Post>,
): Promise<Post> {
  try {
    const post = await asMutation(client, () => ask(idempotent(intent)));
    settle(intent);
    return post;
  } catch (error) {
    if (error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429) settle(intent);
    throw error;
  }
}

/** So that a session that has ended is noticed here as everywhere. */
function asMutation(client: QueryClient, ask: () => Promise<Post>): Promise<Post> {
  return client
    .getMutationCache()
    .build<Post, Error, null, unknown>(client, { mutationFn: ask, networkMode: "always" })
    .execute(null);
}
