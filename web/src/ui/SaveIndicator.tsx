// The save status of a draft.
import { Group, Text } from "@mantine/core";
import { Check, CloudOff, GitCompareArrows, LoaderCircle, TriangleAlert } from "lucide-react";

import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";

export type SaveStatus =
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

export function SaveIndicator({ state }: { state: SaveStatus }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  if (state.kind === "nothing") return null;
  const Icon = ICONS[state.kind];
  const time = state.kind === "saved" ? format(state.at, "clock") : "";
  // Screen readers announce only what needs the writer, not every save.
  const isAnnounced = state.kind !== "saving" && state.kind !== "saved";
  return (
    <Group gap={6} wrap="nowrap" c={isAnnounced ? undefined : "dimmed"} {...(isAnnounced ? { role: "status" } : {})}>
      <Icon size={16} aria-hidden />
      <Text size="sm">{t(`ui:save.${state.kind}`, { time })}</Text>
    </Group>
  );
}
