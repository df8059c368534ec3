// The status of a post, a delivery or a picture as a badge: text, icon and colour, never the colour alone.
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
import { useMessages } from "@/i18n/useMessages";

import styles from "./StatusBadge.module.css";

export type Tone = "quiet" | "planned" | "busy" | "good" | "warn" | "bad";

/** The states of deliveries and posts; `partial` is only a post's. */
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
  const { t } = useMessages();
  // A newer server may have more states: show the name.
  if (!hasName(STATES, state)) return <Badge tone="quiet" Icon={CircleDashed} label={state} />;
  const [tone, Icon] = STATES[state];
  return <Badge tone={tone} Icon={Icon} label={t(`ui:state.${state}`)} />;
}

/** The badge's icon in its colours, for places too small for the text, which must stand beside it for screen readers. */
export function StateIcon({ state }: { state: string }) {
  const [tone, Icon] = hasName(STATES, state) ? STATES[state] : (["quiet", CircleDashed] as const);
  return (
    <span className={styles["icon"]} data-tone={tone}>
      <Icon size={12} aria-hidden />
    </span>
  );
}

/** Return the text of the badge. */
export function stateLabel(state: string, t: Translate): string {
  return hasName(STATES, state) ? t(`ui:state.${state}`) : state;
}

export function PictureBadge({ state }: { state: string }) {
  const { t } = useMessages();
  if (!hasName(PICTURES, state)) return <Badge tone="quiet" Icon={CircleDashed} label={state} />;
  const [tone, Icon] = PICTURES[state];
  return <Badge tone={tone} Icon={Icon} label={t(`ui:picture.${state}`)} />;
}

/** A badge for anything else. */
export function Badge({ tone, Icon, label }: { tone: Tone; Icon: LucideIcon; label: string }) {
  return (
    <span className={styles["badge"]} data-tone={tone}>
      <Icon size={14} aria-hidden />
      {label}
    </span>
  );
}

function hasName<T extends object>(all: T, name: string): name is keyof T & string {
  return Object.hasOwn(all, name);
}
