// A posting time at which nothing is scheduled: a link that starts a post there.
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";

import type { FreeSlot } from "@/calendar/entries";
import { useMessages } from "@/i18n/useMessages";
import { useDateTime } from "@/ui/DateTime";

import styles from "./Grid.module.css";

export function FreeSlotLink({ slot, isWide = false }: { slot: FreeSlot; isWide?: boolean }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const accounts = slot.accounts.join(", ");
  const label = t("calendar:freeSlot", { time: format(slot.at, "clock"), accounts });
  return (
    <Link
      to="/posts/new"
      search={{ at: `${slot.date}T${slot.time}` }}
      preload={false}
      className={styles["slot"]}
      title={label}
      {...(isWide ? {} : { "aria-label": label })}
    >
      <Plus size={14} aria-hidden />
      {isWide ? label : format(slot.at, "clock")}
    </Link>
  );
}
