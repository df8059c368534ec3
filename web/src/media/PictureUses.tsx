// Where a picture is used: its posts, and pictures that look the same.
import { Anchor, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { MediumDetail } from "@/api/media";
import { useMessages } from "@/i18n/useMessages";
import { groupUses, type PostUse } from "@/media/groupUses";
import { usePostUse } from "@/media/usePostUse";

import styles from "./Media.module.css";

export function PictureUses({ medium, open }: { medium: MediumDetail; open: (mediumId: string) => void }) {
  const { t } = useMessages();
  const uses = groupUses(medium.used_by);
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {t("media:uses.title")}
      </Title>
      {uses.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("media:uses.none")}
        </Text>
      ) : (
        <UseList uses={uses} />
      )}
      {medium.alike.map((id, index) => (
        <Anchor key={id} component="button" type="button" size="sm" ta="start" onClick={() => open(id)}>
          {t("media:uses.alike", { position: index + 1 })}
        </Anchor>
      ))}
    </Stack>
  );
}

export function UseList({ uses }: { uses: readonly PostUse[] }) {
  return (
    <ul className={styles["uses"]}>
      {uses.map((use) => (
        <UseRow key={use.postId} use={use} />
      ))}
    </ul>
  );
}

function UseRow({ use }: { use: PostUse }) {
  const { title, places } = usePostUse(use);
  return (
    <li className={styles["use"]}>
      <Link to="/posts/$id" params={{ id: use.postId }}>
        {title}
      </Link>
      <Text size="sm" c="dimmed">
        {places}
      </Text>
    </li>
  );
}
