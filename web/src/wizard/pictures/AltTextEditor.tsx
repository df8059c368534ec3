// Editor for the picture's alt text.
import { Textarea } from "@mantine/core";
import { useState } from "react";

import type { PostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { updateImages } from "@/wizard/pictures/calls";
import type { PictureSlot } from "@/wizard/pictures/slots";

interface Props {
  post: Post;
  slot: PictureSlot;
  change: PostChange;
}

export function AltTextEditor({ post, slot: { result, isEditable }, change }: Props) {
  const { t } = useMessages();
  const saved = result.image_alt ?? "";
  const [alt, setAlt] = useState(saved);
  if (result.image_url === null) return null;
  const save = () => {
    if (alt.trim() !== saved.trim())
      change.mutate(() => updateImages(post.job_id, { [result.platform]: { alt: alt.trim() } }));
  };
  return (
    <Textarea
      label={t("pictures:alt")}
      description={t("pictures:altHint")}
      autosize
      maxRows={5}
      value={alt}
      readOnly={!isEditable}
      onChange={(event) => setAlt(event.currentTarget.value)}
      onBlur={save}
    />
  );
}
