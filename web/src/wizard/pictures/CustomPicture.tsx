// An uploaded picture instead of a generated one: upload, library, link, crop, and back to a generated one.
import { Button, FileButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { Copy, Crop, FolderOpen, Link2, Undo2, Upload } from "lucide-react";
import { lazy, Suspense, useState, type SyntheticEvent } from "react";

import type { PostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { pictureDeliveries } from "@/ui/post/deliveries";
import { makeFirstPicture, updateImages } from "@/wizard/pictures/calls";
import { needsFirstPicture, type PictureSlot } from "@/wizard/pictures/slots";
import type { CustomPictureState } from "@/wizard/pictures/useCustomPicture";

// Loaded when they are first opened.
const CropDialog = lazy(() =>
  import("@/wizard/pictures/CropDialog").then(({ CropDialog: component }) => ({ default: component })),
);
const LibraryDialog = lazy(() =>
  import("@/ui/library/LibraryDialog").then(({ LibraryDialog: component }) => ({ default: component })),
);

const SUBTLE_BUTTON = { size: "xs", px: 8, variant: "subtle" } as const;

interface Props {
  post: Post;
  slot: PictureSlot;
  slots: readonly PictureSlot[];
  custom: CustomPictureState;
  change: PostChange;
}

export function CustomPicture({ post, slot, slots, custom, change }: Props) {
  const { t } = useMessages();
  const [opened, setOpened] = useState<"library" | "link" | null>(null);
  const close = () => setOpened(null);
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600} component="h3" m={0}>
        {t("pictures:custom")}
      </Text>
      <Group gap={4}>
        <FileButton accept="image/*" onChange={(file) => file && custom.upload(file)}>
          {(props) => (
            <Button
              {...props}
              size="xs"
              variant="default"
              leftSection={<Upload size={16} aria-hidden />}
              loading={custom.pending}
            >
              {t("pictures:upload")}
            </Button>
          )}
        </FileButton>
        <Button
          {...SUBTLE_BUTTON}
          leftSection={<FolderOpen size={16} aria-hidden />}
          onClick={() => setOpened("library")}
        >
          {t("pictures:library")}
        </Button>
        <Button
          {...SUBTLE_BUTTON}
          leftSection={<Link2 size={16} aria-hidden />}
          aria-expanded={opened === "link"}
          onClick={() => setOpened(opened === "link" ? null : "link")}
        >
          {t("pictures:fromLink")}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {t("pictures:pasteHint")}
      </Text>
      {opened === "link" && <LinkForm custom={custom} onDone={close} />}
      {opened === "library" && (
        <Suspense>
          <LibraryDialog
            close={close}
            choose={(mediumId) => {
              close();
              custom.select(mediumId);
            }}
          />
        </Suspense>
      )}
      <CustomPictureActions post={post} slot={slot} slots={slots} change={change} />
    </Stack>
  );
}

function LinkForm({ custom, onDone }: { custom: CustomPictureState; onDone: () => void }) {
  const { t } = useMessages();
  const [url, setUrl] = useState("");
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (url.trim()) custom.importFrom(url.trim(), onDone);
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="end">
        <TextInput
          type="url"
          label={t("pictures:link")}
          style={{ flex: 1 }}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={custom.pending}>
          {t("pictures:fetch")}
        </Button>
      </Group>
    </form>
  );
}

/** Actions for an uploaded picture. */
function CustomPictureActions({ post, slot: { platform, result, pixels }, slots, change }: Omit<Props, "custom">) {
  const { t } = useMessages();
  const [cropping, setCropping] = useState(false);
  const current = post.images[platform.name];
  const mediumId = current?.media_id;
  if (result.image_origin !== "given" || !mediumId) return null;
  const others = slots.filter(
    (other) => other.platform.name !== platform.name && other.isEditable && !other.result.image_locked,
  );
  const applyToAll = () =>
    change.mutate(() =>
      updateImages(
        post.job_id,
        Object.fromEntries(others.map((other) => [other.platform.name, { media_id: mediumId }])),
      ),
    );
  const revertToGenerated = () =>
    change.mutate(async () => {
      const changed = await updateImages(post.job_id, { [platform.name]: null });
      const now = pictureDeliveries(changed).find((delivery) => delivery.platform === platform.name);
      return now && needsFirstPicture(changed, now) ? makeFirstPicture(changed, now) : changed;
    });
  return (
    <Group gap={4}>
      <Button size="xs" variant="light" leftSection={<Crop size={16} aria-hidden />} onClick={() => setCropping(true)}>
        {t("pictures:crop.open")}
      </Button>
      {others.length > 0 && (
        <Button
          {...SUBTLE_BUTTON}
          leftSection={<Copy size={16} aria-hidden />}
          loading={change.isPending}
          onClick={applyToAll}
        >
          {t("pictures:useForAll")}
        </Button>
      )}
      <Button
        {...SUBTLE_BUTTON}
        leftSection={<Undo2 size={16} aria-hidden />}
        loading={change.isPending}
        onClick={revertToGenerated}
      >
        {t("pictures:useGenerated")}
      </Button>
      {cropping && (
        <Suspense>
          <CropDialog
            title={t("pictures:crop.title", { platform: platform.label })}
            mediumId={mediumId}
            pixels={pixels}
            crop={current.crop ?? null}
            focal={current.focal ?? null}
            close={() => setCropping(false)}
            save={(choice) => {
              setCropping(false);
              change.mutate(() => updateImages(post.job_id, { [platform.name]: choice }));
            }}
          />
        </Suspense>
      )}
    </Group>
  );
}
