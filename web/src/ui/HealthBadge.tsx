// How an account is, in a word.
import { Check, CircleDashed, Clock, PlugZap, TriangleAlert } from "lucide-react";

import { useWords } from "@/i18n/useWords";
import { Badge } from "@/ui/StatusBadge";

const HEALTHS = {
  ok: ["good", Check],
  expiring: ["warn", Clock],
  action_needed: ["warn", TriangleAlert],
  dead: ["bad", PlugZap],
} as const;

export function HealthBadge({ health }: { health: string }) {
  const { t } = useWords();
  if (!isKnown(health)) return <Badge tone="quiet" Icon={CircleDashed} says={health} />;
  const [tone, Icon] = HEALTHS[health];
  return <Badge tone={tone} Icon={Icon} says={t(`ui:health.${health}`)} />;
}

function isKnown(health: string): health is keyof typeof HEALTHS {
  return Object.hasOwn(HEALTHS, health);
}
