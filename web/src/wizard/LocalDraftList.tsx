// New posts that this browser keeps because no server has them: to be gone on with, or thrown away.
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { CloudOff } from "lucide-react";
import { useState } from "react";

import { useWords } from "@/i18n/useWords";
import { momentOf } from "@/ui/When";
import { drop, keptNew, type KeptDraft, type Owner } from "@/wizard/kept";

import styles from "./Parts.module.css";

interface Props {
  owner: Owner;
  /** The one that is open. */
  present: string;
  open: (place: string) => void;
}

export function KeptPosts({ owner, present, open }: Props) {
  const { t } = useWords();
  const [kept, setKept] = useState(() => keptNew(owner).filter(({ place }) => place !== present));
  if (kept.length === 0) return null;
  const discard = (place: string) => {
    drop(owner, place);
    setKept(kept.filter((one) => one.place !== place));
  };
  return (
    <Alert color="yellow" icon={<CloudOff aria-hidden />} title={t("wizard:kept.title", { count: kept.length })}>
      <Stack gap="sm">
        {kept.map((one) => (
          <One key={one.place} kept={one} open={open} discard={discard} />
        ))}
      </Stack>
    </Alert>
  );
}

function One({
  kept,
  open,
  discard,
}: {
  kept: KeptDraft;
  open: (place: string) => void;
  discard: (place: string) => void;
}) {
  const { t, language } = useWords();
  const { content, cta } = kept.state.draft;
  const says = content || cta || t("wizard:kept.untitled");
  return (
    <Group justify="space-between" wrap="wrap">
      <Text size="sm" lineClamp={2} className={styles["grow"]}>
        {t("wizard:kept.one", { at: momentOf(kept.at.toISOString(), language), says })}
      </Text>
      <Group gap="xs">
        <Button className={styles["act"]} variant="default" onClick={() => open(kept.place)}>
          {t("wizard:kept.open")}
        </Button>
        <Button className={styles["act"]} variant="subtle" color="red" onClick={() => discard(kept.place)}>
          {t("wizard:kept.discard")}
        </Button>
      </Group>
    </Group>
  );
}
