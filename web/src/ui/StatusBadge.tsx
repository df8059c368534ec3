// Where a post, a delivery or a picture stands, in a word, a sign and a colour; never by the colour alone.
import {
  CalendarClock,
  Check,
  CircleDashed,
  CircleHelp,
  CircleSlash,
  Hourglass,
  LoaderCircle,
  Pencil,
  PieChart,
  Plug,
  RefreshCw,
  TriangleAlert,
  type LucideIcon,
} from "lucide-react";

import type { Translate } from "@/i18n/keys";
import { useWords } from "@/i18n/useWords";

import styles from "./StatusBadge.module.css";

export type Tone = "quiet" | "planned" | "busy" | "good" | "warn" | "bad";

/** A post's status is one of these too; `partial` is only a post's. */
const STATES = {
  draft: ["quiet", Pencil],
  scheduled: ["planned", CalendarClock],
  queued: ["busy", Hourglass],
  preparing: ["busy", LoaderCircle],
  waiting: ["busy", Hourglass],
  publishing: ["busy", LoaderCircle],
  published: ["good", Check],
  partial: ["warn", PieChart],
  unconfirmed: ["warn", CircleHelp],
  needs_reconnect: ["warn", Plug],
  missed: ["warn", TriangleAlert],
  failed: ["bad", TriangleAlert],
  cancelled: ["quiet", CircleSlash],
} as const satisfies Record<string, readonly [Tone, LucideIcon]>;

const PICTURES = {
  none: ["quiet", CircleDashed],
  queued: ["busy", Hourglass],
  making: ["busy", LoaderCircle],
  ready: ["good", Check],
  failed: ["bad", TriangleAlert],
  stale: ["warn", RefreshCw],
} as const satisfies Record<string, readonly [Tone, LucideIcon]>;

export function StatusBadge({ state }: { state: string }) {
  const { t } = useWords();
  // A newer server may know more of them: its own word is better than none.
  if (!knows(STATES, state)) return <Badge tone="quiet" Icon={CircleDashed} says={state} />;
  const [tone, Icon] = STATES[state];
  return <Badge tone={tone} Icon={Icon} says={t(`ui:state.${state}`)} />;
}

/** The same words, without the badge. */
export function stateWords(state: string, t: Translate): string {
  return knows(STATES, state) ? t(`ui:state.${state}`) : state;
}

export function PictureBadge({ state }: { state: string }) {
  const { t } = useWords();
  if (!knows(PICTURES, state)) return <Badge tone="quiet" Icon={CircleDashed} says={state} />;
  const [tone, Icon] = PICTURES[state];
  return <Badge tone={tone} Icon={Icon} says={t(`ui:picture.${state}`)} />;
}

/** Any other thing that is said in a word, a sign and a colour. */
export function Badge({ tone, Icon, says }: { tone: Tone; Icon: LucideIcon; says: string }) {
  return (
    <span className={styles["badge"]} data-tone={tone}>
      <Icon size={14} aria-hidden />
      {says}
    </span>
  );
}

function knows<T extends object>(all: T, name: string): name is keyof T & string {
  return Object.hasOwn(all, name);
}
