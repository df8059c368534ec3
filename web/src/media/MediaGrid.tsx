// The library's pictures as a grid of links that open them.
import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Medium } from "@/api/media";
import { useMessages } from "@/i18n/useMessages";
import type { LibrarySearch } from "@/media/search";
import { useMediumName } from "@/media/useMediumName";
import { thumbnailUrl } from "@/ui/stableMediaUrl";

import styles from "./Media.module.css";

export function MediaGrid({ media, search }: { media: readonly Medium[]; search: LibrarySearch }) {
  const { t } = useMessages();
  return (
    <ul className={styles["grid"]} aria-label={t("media:title")}>
      {media.map((medium) => (
        <li key={medium.id}>
          <MediumCard medium={medium} search={search} />
        </li>
      ))}
    </ul>
  );
}

function MediumCard({ medium, search }: { medium: Medium; search: LibrarySearch }) {
  const { t } = useMessages();
  const nameOf = useMediumName();
  return (
    <Link
      to="/library"
      search={{ ...search, picture: medium.id }}
      resetScroll={false}
      preload={false}
      className={styles["card"] ?? ""}
    >
      <img src={thumbnailUrl(medium.url)} alt="" loading="lazy" />
      <span className={styles["name"]}>{nameOf(medium)}</span>
      {medium.tags.length > 0 && (
        <Text size="xs" c="dimmed" truncate>
          {medium.tags.join(" · ")}
        </Text>
      )}
      {medium.alt === "" && (
        <Text size="xs" c="dimmed">
          {t("media:noAlt")}
        </Text>
      )}
    </Link>
  );
}
