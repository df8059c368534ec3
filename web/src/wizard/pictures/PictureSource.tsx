// Who made the picture, the notes on how it was made, and its lock.
import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { Lock, LockOpen } from "lucide-react";

import type { PostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { providerText } from "@/wizard/pictures/providers";
import { setPictureLock } from "@/wizard/pictures/calls";
import type { PictureSlot } from "@/wizard/pictures/slots";

interface Props {
  post: Post;
  slot: PictureSlot;
  change: PostChange;
}

export function PictureSource({ post, slot: { result, isEditable }, change }: Props) {
  const { t } = useMessages();
  if (result.image_url === null) return null;
  const locked = result.image_locked;
  const mayLock = isEditable && (locked || result.image_state === "ready" || result.image_state === "stale");
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Badge variant="default" tt="none" size="lg">
          {result.image_origin === "given" ? t("pictures:custom") : providerText(result.image_provider, t)}
        </Badge>
        {mayLock && (
          <Button
            size="xs"
            variant="subtle"
            leftSection={locked ? <Lock size={16} aria-hidden /> : <LockOpen size={16} aria-hidden />}
            onClick={() => change.mutate(() => setPictureLock(post.job_id, result.platform, !locked))}
          >
            {locked ? t("pictures:unlock") : t("pictures:lock")}
          </Button>
        )}
      </Group>
      {result.image_notes.map((note) => (
        <Text key={note} size="sm" c="dimmed">
          {note}
        </Text>
      ))}
    </Stack>
  );
}
