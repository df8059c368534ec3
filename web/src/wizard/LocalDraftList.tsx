// Unsaved new posts in this browser, each to continue or to discard.
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { CloudOff } from "lucide-react";
import { useState } from "react";

import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";
import * as localDrafts from "@/wizard/localDrafts";
import type { LocalDraft, Owner } from "@/wizard/localDrafts";

import section from "@/wizard/Section.module.css";

interface Props {
  owner: Owner;
  /** The open draft, which is not listed. */
  currentId: string;
  onOpen: (draftId: string) => void;
}

interface ItemProps {
  draft: LocalDraft;
  onOpen: () => void;
  onDiscard: () => void;
}

export function LocalDraftList({ owner, currentId, onOpen }: Props) {
  const { t } = useMessages();
  const [drafts, setDrafts] = useState(() => localDrafts.listNew(owner).filter(({ draftId }) => draftId !== currentId));
  if (drafts.length === 0) return null;
  const discard = (draftId: string) => {
    localDrafts.remove(owner, draftId);
    setDrafts(drafts.filter((draft) => draft.draftId !== draftId));
  };
  return (
    <Alert
      color="yellow"
      icon={<CloudOff aria-hidden />}
      title={t("wizard:localDrafts.title", { count: drafts.length })}
    >
      <Stack gap="sm">
        {drafts.map((draft) => (
          <LocalDraftItem
            key={draft.draftId}
            draft={draft}
            onOpen={() => onOpen(draft.draftId)}
            onDiscard={() => discard(draft.draftId)}
          />
        ))}
      </Stack>
    </Alert>
  );
}

function LocalDraftItem({ draft, onOpen, onDiscard }: ItemProps) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const { content, cta } = draft.state.draft;
  const text = content || cta || t("wizard:localDrafts.untitled");
  return (
    <Group justify="space-between" wrap="wrap">
      <Text size="sm" lineClamp={2} className={section["grow"]}>
        {t("wizard:localDrafts.item", { time: format(draft.at), text })}
      </Text>
      <Group gap="xs">
        <Button className={section["button"]} variant="default" onClick={onOpen}>
          {t("wizard:localDrafts.continue")}
        </Button>
        <Button className={section["button"]} variant="subtle" color="red" onClick={onDiscard}>
          {t("wizard:localDrafts.discard")}
        </Button>
      </Group>
    </Group>
  );
}
