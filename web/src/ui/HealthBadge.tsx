// The health of an account as a badge.
import { Check, CircleDashed, Clock, PlugZap, TriangleAlert } from "lucide-react";

import { useMessages } from "@/i18n/useMessages";
import { Badge } from "@/ui/StatusBadge";

const HEALTHS = {
  ok: ["good", Check],
  expiring: ["warn", Clock],
  action_needed: ["warn", TriangleAlert],
  dead: ["bad", PlugZap],
} as const;

export function HealthBadge({ health }: { health: string }) {
  const { t } = useMessages();
  if (!isKnown(health)) return <Badge tone="quiet" Icon={CircleDashed} label={health} />;
  const [tone, Icon] = HEALTHS[health];
  return <Badge tone={tone} Icon={Icon} label={t(`ui:health.${health}`)} />;
}

function isKnown(health: string): health is keyof typeof HEALTHS {
  return Object.hasOwn(HEALTHS, health);
}
