// What is told of the picture to who cannot see it: there already, and can be said better.
import { Textarea } from "@mantine/core";
import { useState } from "react";

import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { setImages, type PostChange } from "@/wizard/pictures/calls";
import type { Place } from "@/wizard/pictures/pictures";

interface Props {
  post: Post;
  place: Place;
  change: PostChange;
}

export function AltText({ post, place: { result, open }, change }: Props) {
  const { t } = useWords();
  const kept = result.image_alt ?? "";
  const [alt, setAlt] = useState(kept);
  if (result.image_url === null) return null;
  const keep = () => {
    if (alt.trim() !== kept.trim())
      change.mutate(() => setImages(post.job_id, { [result.platform]: { alt: alt.trim() } }));
  };
  return (
    <Textarea
      label={t("pictures:alt")}
      description={t("pictures:altHint")}
      autosize
      maxRows={5}
      value={alt}
      readOnly={!open}
      onChange={(event) => setAlt(event.currentTarget.value)}
      onBlur={keep}
    />
  );
}
