// The calendar's filters, which are kept in the address.
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { accountsQuery } from "@/api/accounts";
import { platformsQuery } from "@/api/platforms";
import { parseCalendarSearch, type CalendarSearch } from "@/calendar/search";
import { useMessages } from "@/i18n/useMessages";
import { VIEWS } from "@/ui/post/views";

import styles from "./Toolbar.module.css";

export function Filters({ search }: { search: CalendarSearch }) {
  const { t } = useMessages();
  const navigate = useNavigate();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const { data: accounts = [] } = useQuery(accountsQuery);
  const set = (key: "platform" | "account" | "show", value: string) => {
    const changed = parseCalendarSearch({ ...search, [key]: value });
    void navigate({ to: "/calendar", search: changed, replace: true, resetScroll: false });
  };
  // Only what the workspace can publish to.
  const used = platforms.filter(({ name }) => accounts.some((account) => account.platforms.includes(name)));
  return (
    <div className={styles["filters"]} role="group" aria-label={t("calendar:filter.label")}>
      <NativeSelect
        label={t("calendar:filter.platform")}
        value={search.platform ?? ""}
        data={[
          { value: "", label: t("calendar:filter.allPlatforms") },
          ...used.map(({ name, label }) => ({ value: name, label })),
        ]}
        onChange={(event) => set("platform", event.currentTarget.value)}
      />
      <NativeSelect
        label={t("calendar:filter.account")}
        value={search.account ?? ""}
        data={[
          { value: "", label: t("calendar:filter.allAccounts") },
          ...accounts.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(event) => set("account", event.currentTarget.value)}
      />
      <NativeSelect
        label={t("calendar:filter.status")}
        value={search.show ?? ""}
        data={VIEWS.map((view) => ({ value: view === "all" ? "" : view, label: t(`ui:view.${view}`) }))}
        onChange={(event) => set("show", event.currentTarget.value)}
      />
    </div>
  );
}
