// The pictures that are here already, to take one.
import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answered, api } from "@/api/client";
import { useWords } from "@/i18n/useWords";
import { Dialog } from "@/ui/Dialog";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { steadyAddress } from "@/ui/steadyAddress";

import styles from "./pictures.module.css";

function libraryQuery(q: string) {
  return infiniteQueryOptions({
    queryKey: ["media", "list", q],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 24, ...(q ? { q } : {}), ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answered(api.GET("/api/v1/media", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

export function LibraryDialog({ close, choose }: { close: () => void; choose: (mediumId: string) => void }) {
  const { t, language } = useWords();
  const [asked, setAsked] = useState("");
  const [q] = useDebouncedValue(asked.trim(), 250);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(libraryQuery(q));
  const found = data?.pages.flatMap((page) => page.data);
  return (
    <Dialog title={t("pictures:library")} close={close} size="xl">
      <Stack>
        <TextInput
          label={t("pictures:search")}
          type="search"
          value={asked}
          onChange={(event) => setAsked(event.currentTarget.value)}
        />
        {error && <ProblemAlert error={error} retry={() => void refetch()} />}
        {!found && !error && <Loading />}
        {found?.length === 0 && <Text c="dimmed">{q ? t("pictures:noneFound") : t("pictures:noneYet")}</Text>}
        <ul className={styles["library"]}>
          {found?.map((medium) => (
            <li key={medium.id}>
              <button type="button" onClick={() => choose(medium.id)}>
                <img src={steadyAddress(medium.url)} alt="" loading="lazy" />
                <span>{medium.filename || medium.alt || new Date(medium.created_at).toLocaleString(language)}</span>
              </button>
            </li>
          ))}
        </ul>
        {hasNextPage && (
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("pictures:more")}
          </Button>
        )}
      </Stack>
    </Dialog>
  );
}
