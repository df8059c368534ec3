// The post's words over a picture that does not say them by itself: on or off.
import { Switch } from "@mantine/core";
import { useState } from "react";

import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { setImages, type PostChange } from "@/wizard/pictures/calls";
import { mayCarryWords, type Place } from "@/wizard/pictures/pictures";

interface Props {
  post: Post;
  place: Place;
  change: PostChange;
}

export function TextOver({ post, place: { result, open }, change }: Props) {
  const { t } = useWords();
  /** What was just asked for; null when the server's word stands. */
  const [asked, setAsked] = useState<boolean | null>(null);
  if (result.image_url === null || !mayCarryWords(result)) return null;
  const ask = (on: boolean) => {
    setAsked(on);
    change.mutate(() => setImages(post.job_id, { [result.platform]: { text_over_picture: on } }), {
      onSettled: () => setAsked(null),
    });
  };
  return (
    <Switch
      label={t("pictures:textOver")}
      checked={asked ?? result.text_over_picture}
      disabled={!open || result.image_locked || change.isPending}
      onChange={(event) => ask(event.currentTarget.checked)}
    />
  );
}
