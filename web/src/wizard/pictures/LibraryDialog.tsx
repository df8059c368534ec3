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
import { ProblemAlert } from "@/ui/ProblemAlert";
import { stableMediaUrl } from "@/ui/stableMediaUrl";

import styles from "./pictures.module.css";

export function LibraryDialog({ close, choose }: { close: () => void; choose: (mediumId: string) => void }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 250);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    libraryQuery({ q }),
  );
  const media = data?.pages.flatMap((page) => page.data);
  return (
    <Dialog title={t("pictures:libraryTitle")} close={close} size="xl">
      <Stack>
        <TextInput
          label={t("pictures:search")}
          type="search"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {error && <ProblemAlert error={error} retry={() => void refetch()} />}
        {!media && !error && <Loading />}
        {media?.length === 0 && <Text c="dimmed">{q ? t("pictures:noMatch") : t("pictures:libraryEmpty")}</Text>}
        <ul className={styles["library"]}>
          {media?.map((medium) => (
            <li key={medium.id}>
              <button type="button" onClick={() => choose(medium.id)}>
                <img src={stableMediaUrl(medium.url)} alt="" loading="lazy" />
                <span>{medium.filename || medium.alt || format(medium.created_at)}</span>
              </button>
            </li>
          ))}
        </ul>
        {hasNextPage && (
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("pictures:showMore")}
          </Button>
        )}
      </Stack>
    </Dialog>
  );
}
