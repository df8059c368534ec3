// A picture of one's own instead of a made one: where it comes from, what of it is shown, and the way back.
import { Button, FileButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { Copy, Crop, FolderOpen, Link2, Undo2, Upload } from "lucide-react";
import { lazy, Suspense, useState, type SyntheticEvent } from "react";

import type { Post } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { begin, setImages, type PostChange } from "@/wizard/pictures/calls";
import { isWanting, type Place } from "@/wizard/pictures/pictures";
import type { OwnPictureHere } from "@/wizard/pictures/useOwnPicture";

// Only who cuts pictures loads what cuts them.
const CropDialog = lazy(() => import("@/wizard/pictures/CropDialog").then(({ CropDialog: it }) => ({ default: it })));
const LibraryDialog = lazy(() =>
  import("@/wizard/pictures/LibraryDialog").then(({ LibraryDialog: it }) => ({ default: it })),
);

interface Props {
  post: Post;
  place: Place;
  places: readonly Place[];
  own: OwnPictureHere;
  change: PostChange;
}

export function OwnPicture({ post, place, places, own, change }: Props) {
  const { t } = useWords();
  const [opened, setOpened] = useState<"library" | "address" | null>(null);
  const close = () => setOpened(null);
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600} component="h3" m={0}>
        {t("pictures:own")}
      </Text>
      <Group gap={4}>
        <FileButton accept="image/*" onChange={(file) => file && own.bring(file)}>
          {(props) => (
            <Button
              {...props}
              size="xs"
              variant="default"
              leftSection={<Upload size={16} aria-hidden />}
              loading={own.pending}
            >
              {t("pictures:upload")}
            </Button>
          )}
        </FileButton>
        <Button
          size="xs"
          px={8}
          variant="subtle"
          leftSection={<FolderOpen size={16} aria-hidden />}
          onClick={() => setOpened("library")}
        >
          {t("pictures:library")}
        </Button>
        <Button
          size="xs"
          px={8}
          variant="subtle"
          leftSection={<Link2 size={16} aria-hidden />}
          aria-expanded={opened === "address"}
          onClick={() => setOpened(opened === "address" ? null : "address")}
        >
          {t("pictures:address")}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {t("pictures:pasteHint")}
      </Text>
      {opened === "address" && <FromAddress own={own} done={close} />}
      {opened === "library" && (
        <Suspense>
          <LibraryDialog
            close={close}
            choose={(mediumId) => {
              close();
              own.show(mediumId);
            }}
          />
        </Suspense>
      )}
      <Given post={post} place={place} places={places} change={change} />
    </Stack>
  );
}

function FromAddress({ own, done }: { own: OwnPictureHere; done: () => void }) {
  const { t } = useWords();
  const [url, setUrl] = useState("");
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (url.trim()) own.fetchFrom(url.trim(), done);
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="end">
        <TextInput
          type="url"
          label={t("pictures:addressOf")}
          style={{ flex: 1 }}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={own.pending}>
          {t("pictures:fetch")}
        </Button>
      </Group>
    </form>
  );
}

/** What can be done with one's own picture once it is there. */
function Given({ post, place: { platform, result, pixels }, places, change }: Omit<Props, "own">) {
  const { t } = useWords();
  const [cropping, setCropping] = useState(false);
  const given = post.images[platform.name];
  const mediumId = given?.media_id;
  if (result.image_origin !== "given" || !mediumId) return null;
  const others = places.filter((one) => one.platform.name !== platform.name && one.open && !one.result.image_locked);
  const useForAll = () =>
    change.mutate(() =>
      setImages(post.job_id, Object.fromEntries(others.map((one) => [one.platform.name, { media_id: mediumId }]))),
    );
  const backToMade = () =>
    change.mutate(async () => {
      const changed = await setImages(post.job_id, { [platform.name]: null });
      const now = changed.platforms.find((one) => one.platform === platform.name);
      return now && isWanting(changed, now) ? begin(changed, now) : changed;
    });
  return (
    <Group gap={4}>
      <Button size="xs" variant="light" leftSection={<Crop size={16} aria-hidden />} onClick={() => setCropping(true)}>
        {t("pictures:crop")}
      </Button>
      {others.length > 0 && (
        <Button
          size="xs"
          px={8}
          variant="subtle"
          leftSection={<Copy size={16} aria-hidden />}
          loading={change.isPending}
          onClick={useForAll}
        >
          {t("pictures:useForAll")}
        </Button>
      )}
      <Button
        size="xs"
        px={8}
        variant="subtle"
        leftSection={<Undo2 size={16} aria-hidden />}
        loading={change.isPending}
        onClick={backToMade}
      >
        {t("pictures:backToMade")}
      </Button>
      {cropping && (
        <Suspense>
          <CropDialog
            title={t("pictures:cropFor", { platform: platform.label })}
            mediumId={mediumId}
            pixels={pixels}
            crop={given.crop ?? null}
            focal={given.focal ?? null}
            close={() => setCropping(false)}
            save={(choice) => {
              setCropping(false);
              change.mutate(() => setImages(post.job_id, { [platform.name]: choice }));
            }}
          />
        </Suspense>
      )}
    </Group>
  );
}
