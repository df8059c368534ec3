// The connected accounts.
import { useWords } from "@/i18n/useWords";
import { InMaking } from "@/ui/InMaking";

export function AccountsPage() {
  const { t } = useWords();
  return <InMaking title={t("accounts:title")} />;
}
