// The state of a post's approval as a badge; nothing where it was never asked for or given.
import { BadgeCheck, Hourglass, Undo2, type LucideIcon } from "lucide-react";

import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { Badge, type Tone } from "@/ui/StatusBadge";

export type ApprovalState = Post["approval"];

const STATES: Record<Exclude<ApprovalState, "none">, readonly [Tone, LucideIcon]> = {
  requested: ["busy", Hourglass],
  approved: ["good", BadgeCheck],
  sent_back: ["warn", Undo2],
  withdrawn: ["warn", Undo2],
};

export function ApprovalBadge({ state }: { state: ApprovalState }) {
  const { t } = useMessages();
  if (state === "none") return null;
  const [tone, Icon] = STATES[state];
  return <Badge tone={tone} Icon={Icon} label={t(`approval:state.${state}`)} />;
}
