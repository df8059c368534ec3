// One picture of several: what it says and shows, and where it stands.
import { ActionIcon, Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { ArrowLeft, ArrowRight, FolderOpen, GripVertical, Trash2, Undo2 } from "lucide-react";
import { lazy, Suspense, useState, type ReactNode } from "react";

import { useWords } from "@/i18n/useWords";
import type { Slide } from "@/wizard/pictures/calls";

import styles from "./pictures.module.css";

const LibraryDialog = lazy(() =>
  import("@/wizard/pictures/LibraryDialog").then(({ LibraryDialog: it }) => ({ default: it })),
);

const WORDS = ["headline", "text", "prompt"] as const;

interface Props {
  slide: Slide;
  at: number;
  count: number;
  /** Nothing of it can be changed any more. */
  fixed: boolean;
  /** A change is on its way: the order waits for it, writing does not. */
  busy: boolean;
  keep: (changes: Partial<Slide>) => void;
  remove: () => void;
  move: (to: number) => void;
  drag: () => void;
  drop: () => void;
}

export function SlideCard({ slide, at, count, fixed, busy, keep, remove, move, drag, drop }: Props) {
  const { t } = useWords();
  const [draft, setDraft] = useDraft(slide);
  const [choosing, setChoosing] = useState(false);
  const nth = at + 1;
  const own = typeof slide.media_id === "string";
  const write = (name: "headline" | "text" | "prompt") => ({
    value: draft[name],
    readOnly: fixed,
    onChange: (event: { currentTarget: { value: string } }) =>
      setDraft({ ...draft, [name]: event.currentTarget.value }),
    onBlur: () => {
      if (draft[name] !== slide[name]) keep({ [name]: draft[name] });
    },
  });
  return (
    <li>
      <div
        role="presentation"
        className={styles["slide"]}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          drop();
        }}
      >
        <Group
          justify="space-between"
          gap={4}
          wrap="nowrap"
          draggable={!busy}
          onDragStart={drag}
          className={styles["grip"]}
        >
          <Group gap={4} wrap="nowrap">
            <GripVertical size={18} aria-hidden />
            <Text fw={600}>{t("pictures:nth", { at: nth })}</Text>
          </Group>
          <Group gap={2} wrap="nowrap">
            <Act label={t("pictures:earlier", { at: nth })} disabled={busy || at === 0} act={() => move(at - 1)}>
              <ArrowLeft size={18} aria-hidden />
            </Act>
            <Act label={t("pictures:later", { at: nth })} disabled={busy || at === count - 1} act={() => move(at + 1)}>
              <ArrowRight size={18} aria-hidden />
            </Act>
            <Act label={t("pictures:remove", { at: nth })} disabled={busy} act={remove}>
              <Trash2 size={18} aria-hidden />
            </Act>
          </Group>
        </Group>
        {own ? (
          <Stack gap="xs" align="start">
            <Text size="sm">{t("pictures:own")}</Text>
            <Button
              size="xs"
              variant="default"
              disabled={fixed}
              leftSection={<Undo2 size={16} aria-hidden />}
              onClick={() => keep({ media_id: null })}
            >
              {t("pictures:backToMade")}
            </Button>
          </Stack>
        ) : (
          <Stack gap="xs">
            <TextInput label={t("pictures:headline")} {...write("headline")} />
            <Textarea label={t("pictures:words")} autosize maxRows={4} {...write("text")} />
            <TextInput label={t("pictures:prompt")} {...write("prompt")} />
            <Button
              size="xs"
              variant="subtle"
              disabled={fixed}
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
                keep({ media_id: mediumId });
              }}
            />
          </Suspense>
        )}
      </div>
    </li>
  );
}

/** What is being written; what somebody else has changed meanwhile comes in where nobody is writing. */
function useDraft(slide: Slide) {
  const [seen, setSeen] = useState(slide);
  const [draft, setDraft] = useState(slide);
  if (WORDS.some((name) => seen[name] !== slide[name])) {
    setSeen(slide);
    const came = WORDS.filter((name) => draft[name] === seen[name]).map((name) => [name, slide[name]]);
    setDraft({ ...draft, ...(Object.fromEntries(came) as Partial<Slide>) });
  }
  return [draft, setDraft] as const;
}

function Act({
  label,
  disabled,
  act,
  children,
}: {
  label: string;
  disabled: boolean;
  act: () => void;
  children: ReactNode;
}) {
  return (
    <ActionIcon variant="subtle" size="xl" aria-label={label} title={label} disabled={disabled} onClick={act}>
      {children}
    </ActionIcon>
  );
}
