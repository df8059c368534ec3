// Dialog to choose a picture from the library.
import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { libraryQuery } from "@/api/media";
import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";
import { Dialog } from "@/ui/Dialog";
import { Loading } from "@/ui/Loading";
import { SOURCE_ORIGINS, type Source } from "@/ui/library/sources";
import { SourceSwitch } from "@/ui/library/SourceSwitch";
import { TagFilter } from "@/ui/library/TagFilter";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { thumbnailUrl } from "@/ui/stableMediaUrl";

import styles from "./LibraryDialog.module.css";

export function LibraryDialog({ close, choose }: { close: () => void; choose: (mediumId: string) => void }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const [typed, setTyped] = useState("");
  const [tag, setTag] = useState("");
  const [source, setSource] = useState<Source>("own");
  const [q] = useDebouncedValue(typed.trim(), 250);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    libraryQuery({ q, tag, origin: SOURCE_ORIGINS[source] }),
  );
  const media = data?.pages.flatMap((page) => page.data);
  return (
    <Dialog title={t("ui:library.title")} close={close} size="xl">
      <Stack>
        <TextInput
          label={t("ui:library.search")}
          type="search"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <TagFilter value={tag} onChange={setTag} />
        <SourceSwitch value={source} onChange={setSource} />
        {error && <ProblemAlert error={error} retry={() => void refetch()} />}
        {!media && !error && <Loading />}
        {media?.length === 0 && <Text c="dimmed">{q || tag ? t("ui:library.noMatch") : t("ui:library.empty")}</Text>}
        <ul className={styles["library"]}>
          {media?.map((medium) => (
            <li key={medium.id}>
              <button type="button" onClick={() => choose(medium.id)}>
                <img src={thumbnailUrl(medium.url)} alt="" loading="lazy" />
                <span>{medium.filename || medium.alt || format(medium.created_at)}</span>
              </button>
            </li>
          ))}
        </ul>
        {hasNextPage && (
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("ui:library.showMore")}
          </Button>
        )}
      </Stack>
    </Dialog>
  );
}
