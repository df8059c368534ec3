// The media library: upload, search and open pictures.
import { Button, FileButton, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Images, Search, Upload } from "lucide-react";
import { useState } from "react";

import { libraryQuery } from "@/api/media";
import { useMay } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { MediaGrid } from "@/media/MediaGrid";
import { PictureDialog } from "@/media/PictureDialog";
import type { LibrarySearch } from "@/media/search";
import { UploadList } from "@/media/UploadList";
import { useUploads } from "@/media/useUploads";
import { RoleNotice } from "@/ui/Allowed";
import { EmptyState } from "@/ui/EmptyState";
import { SOURCE_ORIGINS } from "@/ui/library/sources";
import { SourceSwitch } from "@/ui/library/SourceSwitch";
import { TagFilter } from "@/ui/library/TagFilter";
import { Loading } from "@/ui/Loading";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useFileDrop } from "@/ui/useFileDrop";

import dropStyles from "@/ui/fileDrop.module.css";

import styles from "./Media.module.css";

const DEBOUNCE_MS = 300;
/** For people who may not upload. */
const ignoreFiles = () => undefined;

export function MediaPage() {
  const { t } = useMessages();
  const navigate = useNavigate();
  const search = useSearch({ from: "/signed-in/library" });
  // What is uploaded while a tag is chosen has it, and is among the pictures shown.
  const uploads = useUploads(search.tag);
  const mayUpload = useMay("draft");
  const isOver = useFileDrop(mayUpload ? uploads.add : ignoreFiles) && mayUpload;
  const open = (picture: string | undefined) =>
    void navigate({
      to: "/library",
      search: { ...search, picture },
      replace: picture === undefined,
      resetScroll: false,
    });
  return (
    <>
      <PageHeader title={t("media:title")} actions={mayUpload && <UploadButton add={uploads.add} />} />
      <Stack gap="md">
        {mayUpload ? <Text c="dimmed">{t("media:hint")}</Text> : <RoleNotice />}
        <UploadList {...uploads} />
        <Filters search={search} />
        <Library search={search} />
      </Stack>
      {isOver && (
        <div className={dropStyles["drop"]}>
          <Upload size={40} aria-hidden />
          <Text fw={650}>{t("media:drop")}</Text>
        </div>
      )}
      {search.picture !== undefined && <PictureDialog key={search.picture} mediumId={search.picture} open={open} />}
    </>
  );
}

function Library({ search }: { search: LibrarySearch }) {
  const { t } = useMessages();
  const { show = "own", q = "", tag = "" } = search;
  const list = useInfiniteQuery(libraryQuery({ q, tag, origin: SOURCE_ORIGINS[show] }));
  const media = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <ProblemAlert error={list.error} retry={() => void list.refetch()} />
      {list.isPending && <Loading />}
      {list.isSuccess && media.length === 0 && <NoPictures search={search} />}
      {media.length > 0 && <MediaGrid media={media} search={search} />}
      {list.hasNextPage && (
        <Button
          variant="default"
          className={styles["more"]}
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("media:showMore")}
        </Button>
      )}
    </>
  );
}

function NoPictures({ search: { show = "own", q = "", tag = "" } }: { search: LibrarySearch }) {
  const { t } = useMessages();
  const words = [q, tag].filter(Boolean).join(", ");
  return (
    <EmptyState
      Icon={words ? Search : Images}
      message={words ? t("media:noMatch", { words }) : t(`media:empty.${show}`)}
    />
  );
}

function UploadButton({ add }: { add: (files: readonly File[]) => void }) {
  const { t } = useMessages();
  return (
    <FileButton accept="image/*" multiple onChange={add}>
      {(props) => (
        <Button {...props} className={styles["button"]} leftSection={<Upload size={18} aria-hidden />}>
          {t("media:upload")}
        </Button>
      )}
    </FileButton>
  );
}

function Filters({ search }: { search: LibrarySearch }) {
  const { t } = useMessages();
  const navigate = useNavigate();
  const { show = "own", q = "", tag = "" } = search;
  const [words, setWords] = useState(q);
  const change = (fields: LibrarySearch) =>
    void navigate({ to: "/library", search: { ...search, ...fields }, replace: true, resetScroll: false });
  const find = useDebouncedCallback((typed: string) => change({ q: typed.trim() || undefined }), DEBOUNCE_MS);
  return (
    <div className={styles["filters"]}>
      <TextInput
        type="search"
        className={styles["search"] ?? ""}
        label={t("media:search")}
        leftSection={<Search size={18} aria-hidden />}
        maxLength={500}
        size="md"
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          find(event.currentTarget.value);
        }}
      />
      <TagFilter value={tag} onChange={(chosen) => change({ tag: chosen || undefined })} />
      <SourceSwitch value={show} onChange={(source) => change({ show: source === "own" ? undefined : source })} />
    </div>
  );
}
