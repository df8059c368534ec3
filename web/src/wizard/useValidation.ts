// What the server finds wrong with the draft while it is typed, such as the rules of its accounts.
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import { validationQuery, type Post, type PostValidation } from "@/api/posts";
import { patchFields } from "@/wizard/draft";
import { BLANK, type Draft } from "@/wizard/draftFields";

const DEBOUNCE_MS = 400;

/** Return the validation of the draft as of shortly ago; null while there is none, and when the request fails. */
export function useValidation(draft: Draft, post: Post | null, isEnabled: boolean): PostValidation | null {
  const [settled] = useDebouncedValue(JSON.stringify(fieldsToValidate(draft, post)), DEBOUNCE_MS);
  const { data } = useQuery({ ...validationQuery(settled), enabled: isEnabled && isBegun(draft) });
  return isEnabled && isBegun(draft) ? (data ?? null) : null;
}

function isBegun({ content, cta, hashtags, texts }: Draft): boolean {
  return content !== "" || cta !== "" || hashtags.length > 0 || Object.keys(texts).length > 0;
}

/** Return the draft with what the post has of pictures: whether there are any changes what a text may count. */
function fieldsToValidate(draft: Draft, post: Post | null): object {
  const fields = patchFields(BLANK, { ...draft, note: "" });
  if (!post) return fields;
  const images = Object.entries(post.images).flatMap(([platform, { media_id }]) =>
    media_id !== null && draft.platforms.includes(platform) ? [[platform, media_id]] : [],
  );
  return { ...fields, image_provider: post.image_provider, images: Object.fromEntries(images) as object };
}
