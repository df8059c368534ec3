// The calendar's filters, which are kept in the address.
import { NativeSelect } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import { parseCalendarSearch, type CalendarSearch } from "@/calendar/search";
import { useMessages } from "@/i18n/useMessages";
import { TargetFilters } from "@/ui/post/TargetFilters";
import { VIEWS } from "@/ui/post/views";

import styles from "./Toolbar.module.css";

export function Filters({ search }: { search: CalendarSearch }) {
  const { t } = useMessages();
  const navigate = useNavigate();
  const set = (filter: "platform" | "account" | "show", value: string) => {
    const changed = parseCalendarSearch({ ...search, [filter]: value });
    void navigate({ to: "/calendar", search: changed, replace: true, resetScroll: false });
  };
  return (
    <div className={styles["filters"]} role="group" aria-label={t("calendar:filter.label")}>
      <TargetFilters platform={search.platform} account={search.account} onChange={set} />
      <NativeSelect
        size="md"
        label={t("calendar:filter.status")}
        value={search.show ?? ""}
        data={VIEWS.map((view) => ({ value: view === "all" ? "" : view, label: t(`ui:view.${view}`) }))}
        onChange={(event) => set("show", event.currentTarget.value)}
      />
    </div>
  );
}
