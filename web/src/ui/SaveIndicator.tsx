// Whether what was written is kept, and where.
import { Group, Text } from "@mantine/core";
import { Check, CloudOff, GitCompareArrows, LoaderCircle, TriangleAlert } from "lucide-react";

import { useWords } from "@/i18n/useWords";

export type Saving =
  | { kind: "nothing" }
  | { kind: "saving" }
  | { kind: "saved"; at: Date }
  | { kind: "offline" }
  | { kind: "conflict" }
  | { kind: "failed" };

const ICONS = {
  saving: LoaderCircle,
  saved: Check,
  offline: CloudOff,
  conflict: GitCompareArrows,
  failed: TriangleAlert,
};

export function SaveState({ state }: { state: Saving }) {
  const { t, language } = useWords();
  if (state.kind === "nothing") return null;
  const Icon = ICONS[state.kind];
  const time =
    state.kind === "saved" ? state.at.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" }) : "";
  // A quiet "saving ... saved" after every word would talk over the writer: only what needs them is announced.
  const spoken = state.kind !== "saving" && state.kind !== "saved";
  return (
    <Group gap={6} wrap="nowrap" c={spoken ? undefined : "dimmed"} {...(spoken ? { role: "status" } : {})}>
      <Icon size={16} aria-hidden />
      <Text size="sm">{t(`ui:save.${state.kind}`, { time })}</Text>
    </Group>
  );
}
