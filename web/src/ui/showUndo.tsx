// A notification after something was done at once, with a button to undo it.
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";

import type { Translate } from "@/i18n/keys";
import { problemMessage } from "@/ui/ProblemAlert";

const UNDO_MS = 10_000;

interface Offer {
  /** A later offer with the same id replaces it. */
  id: string;
  text: string;
  undo: () => Promise<unknown>;
  /** The title of the notification when undoing fails. */
  failureTitle: string;
}

export function showUndo({ id, text, undo, failureTitle }: Offer, t: Translate): void {
  const onUndo = async () => {
    notifications.hide(id);
    try {
      await undo();
    } catch (error) {
      showFailure(failureTitle, problemMessage(error, t), t);
    }
  };
  const message = (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{text}</Text>
      <Button variant="default" onClick={() => void onUndo()} mih="2.75rem" flex="none">
        {t("ui:undo")}
      </Button>
    </Group>
  );
  notifications.hide(id);
  notifications.show({ id, message, autoClose: UNDO_MS, ...closeButton(t) });
}

export function showFailure(title: string, message: string, t: Translate): void {
  notifications.show({ color: "red", title, message, ...closeButton(t) });
}

function closeButton(t: Translate) {
  return { closeButtonProps: { "aria-label": t("ui:close") } };
}
