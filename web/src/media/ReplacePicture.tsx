// Replaces a library picture by a new file, in the unpublished posts that the person chooses.
import { Button, Checkbox, FileButton, Group, Progress, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ImageUp } from "lucide-react";
import { useRef, useState } from "react";

import { MEDIA, mediaTagsQuery, replaceMedium, type MediumDetail, type MediumReplaced } from "@/api/media";
import { uploadMedium } from "@/api/media-upload";
import { POSTS } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { formatBytes } from "@/media/formatBytes";
import { groupUses, type PostUse } from "@/media/groupUses";
import { ReplaceResult } from "@/media/ReplaceResult";
import { findFileProblem, MAX_BYTES } from "@/media/uploads";
import { usePostUse } from "@/media/usePostUse";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Media.module.css";

interface Props {
  medium: MediumDetail;
  onReplaced: (newMediumId: string) => void;
  /** Open the new picture. */
  open: (mediumId: string) => void;
  close: () => void;
}

export function ReplacePicture({ medium, onReplaced, open, close }: Props) {
  const { t } = useMessages();
  const posts = groupUses(medium.used_by.filter((use) => use.open));
  const [file, setFile] = useState<File | null>(null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const chosen = posts.map(({ postId }) => postId).filter((id) => !left.has(id));
  const { replacing, share } = useReplacing(medium, onReplaced);
  if (replacing.data) return <ReplaceResult result={replacing.data} open={open} />;
  return (
    <Stack>
      <Text>{t("media:replace.hint")}</Text>
      <FileChoice file={file} choose={setFile} />
      {posts.length > 0 && (
        <Checkbox.Group
          label={t("media:replace.posts")}
          description={t("media:replace.postsHint")}
          value={chosen}
          onChange={(ids) =>
            setLeft(new Set(posts.map(({ postId }) => postId).filter((postId) => !ids.includes(postId))))
          }
        >
          <Stack gap="xs" mt="xs">
            {posts.map((use) => (
              <PostChoice key={use.postId} use={use} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
      {share !== null && <Progress value={share * 100} aria-label={t("media:replace.uploading")} />}
      <ProblemAlert error={replacing.error} />
      <Group>
        <Button
          className={styles["button"]}
          disabled={file === null || findFileProblem(file) !== null}
          loading={replacing.isPending}
          onClick={() => file && replacing.mutate({ file, posts: chosen })}
        >
          {posts.length === 0 ? t("media:replace.save") : t("media:replace.saveIn", { count: chosen.length })}
        </Button>
        <Button variant="default" className={styles["button"]} onClick={close}>
          {t("media:replace.cancel")}
        </Button>
      </Group>
    </Stack>
  );
}

/** Upload the file, then replace. A file that is uploaded already is not sent again when the second step failed. */
function useReplacing(medium: MediumDetail, onReplaced: Props["onReplaced"]) {
  const client = useQueryClient();
  const uploaded = useRef<{ file: File; id: string } | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const replacing = useMutation({
    mutationFn: async ({ file, posts }: { file: File; posts: readonly string[] }): Promise<MediumReplaced> => {
      if (uploaded.current?.file !== file) {
        setShare(0);
        const { signal } = new AbortController();
        const { id } = await uploadMedium(file, { alt: medium.alt, tags: medium.tags, onProgress: setShare, signal });
        uploaded.current = { file, id };
      }
      return replaceMedium(medium.id, uploaded.current.id, posts);
    },
    onSuccess: (result) => onReplaced(result.medium.id),
    onSettled: () => {
      setShare(null);
      void client.invalidateQueries({ queryKey: [...MEDIA, "list"] });
      void client.invalidateQueries({ queryKey: mediaTagsQuery.queryKey });
      void client.invalidateQueries({ queryKey: POSTS });
    },
  });
  return { replacing, share };
}

function FileChoice({ file, choose }: { file: File | null; choose: (file: File | null) => void }) {
  const { t, locale } = useMessages();
  const problem = file && findFileProblem(file);
  return (
    <Stack gap="xs">
      <Group>
        <FileButton accept="image/*" onChange={choose}>
          {(props) => (
            <Button
              {...props}
              variant="default"
              className={styles["button"]}
              leftSection={<ImageUp size={18} aria-hidden />}
            >
              {t("media:replace.choose")}
            </Button>
          )}
        </FileButton>
        <Text size="sm" role="status" className={styles["fileName"]}>
          {file?.name}
        </Text>
      </Group>
      {problem && (
        <Text size="sm" role="alert" className={styles["bad"]}>
          {t(`media:uploads.problem.${problem}`, { size: formatBytes(MAX_BYTES, locale) })}
        </Text>
      )}
    </Stack>
  );
}

function PostChoice({ use }: { use: PostUse }) {
  const { title, places } = usePostUse(use);
  return <Checkbox value={use.postId} label={title} description={places} />;
}
