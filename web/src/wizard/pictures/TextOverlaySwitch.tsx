// Switch for the post's text over the picture.
import { Switch } from "@mantine/core";
import { useState } from "react";

import type { PostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { updateImages } from "@/wizard/pictures/calls";
import { canOverlayText, type PictureSlot } from "@/wizard/pictures/slots";

interface Props {
  post: Post;
  slot: PictureSlot;
  change: PostChange;
}

export function TextOverlaySwitch({ post, slot: { result, isEditable }, change }: Props) {
  const { t } = useMessages();
  /** The value of a request that is running; null otherwise. */
  const [pending, setPending] = useState<boolean | null>(null);
  if (result.image_url === null || !canOverlayText(result)) return null;
  const toggle = (isOn: boolean) => {
    setPending(isOn);
    change.mutate(() => updateImages(post.job_id, { [result.platform]: { text_over_picture: isOn } }), {
      onSettled: () => setPending(null),
    });
  };
  return (
    <Switch
      label={t("pictures:textOverlay")}
      checked={pending ?? result.text_over_picture}
      disabled={!isEditable || result.image_locked || change.isPending}
      onChange={(event) => toggle(event.currentTarget.checked)}
    />
  );
}
