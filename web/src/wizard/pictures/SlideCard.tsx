// One picture of a carousel: its text and content; moved by drag, by the arrow keys on its grip, and with buttons.
import { ActionIcon, Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { ArrowLeft, ArrowRight, FolderOpen, GripVertical, Trash2, Undo2 } from "lucide-react";
import { lazy, Suspense, useState, type KeyboardEvent, type ReactNode } from "react";

import { useMessages } from "@/i18n/useMessages";
import { thumbnailUrl } from "@/ui/stableMediaUrl";
import type { Slide } from "@/wizard/pictures/calls";

import styles from "./pictures.module.css";

const LibraryDialog = lazy(() =>
  import("@/ui/library/LibraryDialog").then(({ LibraryDialog: component }) => ({ default: component })),
);

const ARROWS: Record<string, number> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
const FIELDS = ["headline", "text", "prompt"] as const;

interface Props {
  slide: Slide;
  index: number;
  count: number;
  /** The URL of the generated picture, null while there is none. */
  picture: string | null;
  /** Nothing can be changed any more. */
  isFixed: boolean;
  /** A change is running: the order cannot be changed meanwhile, the text can. */
  isBusy: boolean;
  onSave: (changes: Partial<Slide>) => void;
  onRemove: () => void;
  onMove: (to: number) => void;
  onDrag: () => void;
  onDrop: () => void;
}

export function SlideCard({ slide, index, count, picture, isFixed, isBusy, onSave, ...arranging }: Props) {
  const { onRemove, onMove, onDrag, onDrop } = arranging;
  const { t } = useMessages();
  const [draft, setDraft] = useDraft(slide);
  const [choosing, setChoosing] = useState(false);
  const [isOver, setIsOver] = useState(false);
  const position = index + 1;
  const isCustom = typeof slide.media_id === "string";
  const fieldProps = (name: "headline" | "text" | "prompt") => ({
    value: draft[name],
    readOnly: isFixed,
    onChange: (event: { currentTarget: { value: string } }) =>
      setDraft({ ...draft, [name]: event.currentTarget.value }),
    onBlur: () => {
      if (draft[name] !== slide[name]) onSave({ [name]: draft[name] });
    },
  });
  return (
    <li>
      <div
        role="presentation"
        className={styles["slide"]}
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setIsOver(false);
        }}
        onDrop={(event) => {
          event.preventDefault();
          setIsOver(false);
          onDrop();
        }}
      >
        <Group
          justify="space-between"
          gap={4}
          wrap="nowrap"
          draggable={!isBusy}
          onDragStart={onDrag}
          className={styles["grip"]}
        >
          <Group gap={4} wrap="nowrap">
            <IconButton
              control={`${index} grip`}
              label={t("pictures:carousel.grip", { position })}
              disabled={isBusy}
              onKeyDown={(event) => {
                const to = index + (ARROWS[event.key] ?? 0);
                if (to === index || to < 0 || to >= count) return;
                event.preventDefault();
                onMove(to);
              }}
            >
              <GripVertical size={18} aria-hidden />
            </IconButton>
            <Text fw={600} className={styles["nth"]}>
              {t("pictures:nth", { position })}
            </Text>
          </Group>
          <Group gap={2} wrap="nowrap">
            <IconButton
              control={`${index} earlier`}
              label={t("pictures:carousel.moveEarlier", { position })}
              disabled={isBusy || index === 0}
              onClick={() => onMove(index - 1)}
            >
              <ArrowLeft size={18} aria-hidden />
            </IconButton>
            <IconButton
              control={`${index} later`}
              label={t("pictures:carousel.moveLater", { position })}
              disabled={isBusy || index === count - 1}
              onClick={() => onMove(index + 1)}
            >
              <ArrowRight size={18} aria-hidden />
            </IconButton>
            <IconButton label={t("pictures:carousel.remove", { position })} disabled={isBusy} onClick={onRemove}>
              <Trash2 size={18} aria-hidden />
            </IconButton>
          </Group>
        </Group>
        {picture !== null && (
          <img src={thumbnailUrl(picture)} alt="" className={styles["slidePicture"]} loading="lazy" draggable={false} />
        )}
        {isCustom ? (
          <Stack gap="xs" align="start">
            <Text size="sm">{t("pictures:custom")}</Text>
            <Button
              size="xs"
              variant="default"
              disabled={isFixed}
              leftSection={<Undo2 size={16} aria-hidden />}
              onClick={() => onSave({ media_id: null })}
            >
              {t("pictures:useGenerated")}
            </Button>
          </Stack>
        ) : (
          <Stack gap="xs">
            <TextInput label={t("pictures:carousel.headline")} {...fieldProps("headline")} />
            <Textarea label={t("pictures:carousel.text")} autosize maxRows={4} {...fieldProps("text")} />
            <TextInput label={t("pictures:options.prompt")} {...fieldProps("prompt")} />
            <Button
              size="xs"
              variant="subtle"
              disabled={isFixed}
              style={{ alignSelf: "start" }}
              leftSection={<FolderOpen size={16} aria-hidden />}
              onClick={() => setChoosing(true)}
            >
              {t("pictures:library")}
            </Button>
          </Stack>
        )}
        {choosing && (
          <Suspense>
            <LibraryDialog
              close={() => setChoosing(false)}
              choose={(mediumId) => {
                setChoosing(false);
                onSave({ media_id: mediumId });
              }}
            />
          </Suspense>
        )}
      </div>
    </li>
  );
}

/** Return the edited slide. Another client's change is taken in for the fields that are not being edited. */
function useDraft(slide: Slide) {
  const [known, setKnown] = useState(slide);
  const [draft, setDraft] = useState(slide);
  if (FIELDS.some((name) => known[name] !== slide[name])) {
    setKnown(slide);
    const changed = FIELDS.filter((name) => draft[name] === known[name]).map((name) => [name, slide[name]]);
    setDraft({ ...draft, ...(Object.fromEntries(changed) as Partial<Slide>) });
  }
  return [draft, setDraft] as const;
}

interface IconButtonProps {
  label: string;
  disabled: boolean;
  /** By which the editor finds it again after a move. */
  control?: string;
  onClick?: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  children: ReactNode;
}

function IconButton({ label, control, children, ...others }: IconButtonProps) {
  return (
    <ActionIcon variant="subtle" size="lg" aria-label={label} title={label} data-control={control} {...others}>
      {children}
    </ActionIcon>
  );
}
