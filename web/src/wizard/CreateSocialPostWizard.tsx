// The wizard: from an idea to posts on every platform, in four steps.
import { useWords } from "@/i18n/useWords";
import { InMaking } from "@/ui/InMaking";

export function CreateSocialPostWizard() {
  const { t } = useWords();
  return <InMaking title={t("wizard:title")} />;
}
