// Where the picture comes from, what is to be known of how it was made, and whether it is locked.
import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { Lock, LockOpen } from "lucide-react";

import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { lock, type PostChange } from "@/wizard/pictures/calls";
import type { Place } from "@/wizard/pictures/pictures";

interface Props {
  post: Post;
  place: Place;
  change: PostChange;
}

export function Origin({ post, place: { result, open }, change }: Props) {
  const { t } = useWords();
  if (result.image_url === null) return null;
  const locked = result.image_locked;
  const mayLock = open && (locked || result.image_state === "ready" || result.image_state === "stale");
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Badge variant="default" tt="none" size="lg">
          {result.image_origin === "given"
            ? t("pictures:own")
            : t("pictures:by", { provider: result.image_provider ?? "?" })}
        </Badge>
        {mayLock && (
          <Button
            size="xs"
            variant="subtle"
            leftSection={locked ? <Lock size={16} aria-hidden /> : <LockOpen size={16} aria-hidden />}
            onClick={() => change.mutate(() => lock(post.job_id, result.platform, !locked))}
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
