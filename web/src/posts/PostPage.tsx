// One post: how it went, platform by platform.
import { useWords } from "@/i18n/useWords";
import { InMaking } from "@/ui/InMaking";

export function PostPage() {
  const { t } = useWords();
  return <InMaking title={t("posts:one")} />;
}
