// The last pictures of one platform: any of them can be had again, which is also the way to undo.
import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { steadyAddress } from "@/ui/steadyAddress";
import { albumQuery, choose, type PastPicture, type PostChange } from "@/wizard/pictures/calls";
import { isBusy, type Place } from "@/wizard/pictures/pictures";

import styles from "./pictures.module.css";

interface Props {
  post: Post;
  place: Place;
  change: PostChange;
}

export function PastPictures({ post, place: { result, open }, change }: Props) {
  const { t } = useWords();
  const { data: album } = useQuery({ ...albumQuery(post.job_id, result), placeholderData: (before) => before });
  const past = album?.images ?? [];
  if (past.length === 0 || (past.length === 1 && past[0]?.current)) return null;
  const fixed = !open || result.image_locked || isBusy(result) || change.isPending;
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600} component="h3" m={0}>
        {t("pictures:last", { count: past.length })}
      </Text>
      <Group gap="xs">
        {past.map((one) => (
          <Past
            key={one.media_id}
            one={one}
            fixed={fixed || one.current}
            choose={() => change.mutate(() => choose(post.job_id, result.platform, one.media_id))}
          />
        ))}
      </Group>
    </Stack>
  );
}

function Past({ one, fixed, choose }: { one: PastPicture; fixed: boolean; choose: () => void }) {
  const { t, language } = useWords();
  const time = new Date(one.made_at).toLocaleTimeString(language, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const by = one.origin === "given" ? t("pictures:own") : t("pictures:by", { provider: one.provider ?? "?" });
  return (
    <button
      type="button"
      className={styles["past"]}
      aria-pressed={one.current}
      title={`${by}, ${time}`}
      disabled={fixed && !one.current}
      onClick={() => {
        if (!fixed) choose();
      }}
    >
      <img src={steadyAddress(one.image_url)} alt={t("pictures:choose", { by, time })} loading="lazy" />
      {one.pictures > 1 && <span className={styles["times"]}>{one.pictures}</span>}
    </button>
  );
}
