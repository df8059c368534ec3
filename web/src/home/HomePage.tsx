// What needs attention, and the drafts.
import { useWords } from "@/i18n/useWords";
import { InMaking } from "@/ui/InMaking";

export function HomePage() {
  const { t } = useWords();
  return <InMaking title={t("home:title")} />;
}
