// What a person may set.
import { useWords } from "@/i18n/useWords";
import { InMaking } from "@/ui/InMaking";

export function SettingsPage() {
  const { t } = useWords();
  return <InMaking title={t("settings:title")} />;
}
