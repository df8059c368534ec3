// Where a picture is used: its posts, and pictures that look the same.
import { Anchor, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { MediumDetail } from "@/api/media";
import { platformLabel, platformsQuery } from "@/api/platforms";
import { postQuery } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { groupUses, type PostUse } from "@/media/groupUses";
import { postTitle } from "@/ui/post/title";
import { stateLabel } from "@/ui/StatusBadge";

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
  const { t } = useMessages();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const { data: post } = useQuery(postQuery(use.postId));
  const places = use.places.map(
    ({ platform, state }) => `${platformLabel(platforms, platform)}: ${stateLabel(state, t)}`,
  );
  return (
    <li className={styles["use"]}>
      <Link to="/posts/$id" params={{ id: use.postId }}>
        {(post && postTitle(post)) || t("media:uses.post")}
      </Link>
      <Text size="sm" c="dimmed">
        {places.join(" · ")}
      </Text>
    </li>
  );
}
