// A short explanation that a person reads once: remembered in this browser when it is dismissed.
import { Button, Text } from "@mantine/core";
import { Lightbulb } from "lucide-react";
import { useState } from "react";

import { useSession } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { Notice } from "@/ui/Notice";

const PREFIX = "araldo.hint.";

/** `name`: under which the dismissal is remembered. */
export function FirstUseHint({ name, text }: { name: string; text: string }) {
  const { t } = useMessages();
  const key = `${PREFIX}${useSession().user.id}.${name}`;
  const [isDismissed, setDismissed] = useState(() => localStorage.getItem(key) !== null);
  if (isDismissed) return null;
  const dismiss = () => {
    localStorage.setItem(key, "read");
    setDismissed(true);
    // The button that had the focus is gone.
    document.querySelector<HTMLElement>("main h1")?.focus();
  };
  return (
    <Notice tone="plain" Icon={Lightbulb}>
      <Text size="sm">{text}</Text>
      <Button variant="default" mih="2.75rem" w="fit-content" mt={4} onClick={dismiss}>
        {t("ui:hintRead")}
      </Button>
    </Notice>
  );
}
