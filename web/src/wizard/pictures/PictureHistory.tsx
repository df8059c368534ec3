// The last pictures of one platform, any of which can be used again.
import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { PostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";
import { thumbnailUrl } from "@/ui/stableMediaUrl";
import { pictureHistoryQuery, choosePictureVersion, type PictureVersion } from "@/wizard/pictures/calls";
import { providerText } from "@/wizard/pictures/providers";
import { isInProgress, type PictureSlot } from "@/wizard/pictures/slots";

import styles from "./pictures.module.css";

interface Props {
  post: Post;
  slot: PictureSlot;
  change: PostChange;
}

export function PictureHistory({ post, slot: { result, isEditable }, change }: Props) {
  const { t } = useMessages();
  const { data: history } = useQuery({
    ...pictureHistoryQuery(post.job_id, result),
    placeholderData: (before) => before,
  });
  const versions = history?.images ?? [];
  if (versions.length === 0 || (versions.length === 1 && versions[0]?.current)) return null;
  const isFixed = !isEditable || result.image_locked || isInProgress(result) || change.isPending;
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600} component="h3" m={0}>
        {t("pictures:history", { count: versions.length })}
      </Text>
      <Group gap="xs">
        {versions.map((version) => (
          <VersionButton
            key={version.media_id}
            version={version}
            isFixed={isFixed || version.current}
            onChoose={() => change.mutate(() => choosePictureVersion(post.job_id, result.platform, version.media_id))}
          />
        ))}
      </Group>
    </Stack>
  );
}

interface VersionProps {
  version: PictureVersion;
  isFixed: boolean;
  onChoose: () => void;
}

function VersionButton({ version, isFixed, onChoose }: VersionProps) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const source = version.origin === "given" ? t("pictures:custom") : providerText(version.provider, t);
  const label = t("pictures:version", { source, time: format(version.made_at, "second") });
  return (
    <button
      type="button"
      className={styles["version"]}
      aria-pressed={version.current}
      title={label}
      disabled={isFixed && !version.current}
      onClick={() => {
        if (!isFixed) onChoose();
      }}
    >
      <img src={thumbnailUrl(version.image_url)} alt={label} loading="lazy" />
      {version.pictures > 1 && <span className={styles["count"]}>{version.pictures}</span>}
    </button>
  );
}
