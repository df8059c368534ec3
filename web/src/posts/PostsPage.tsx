// All posts.
import { useWords } from "@/i18n/useWords";
import { InMaking } from "@/ui/InMaking";

export function PostsPage() {
  const { t } = useWords();
  return <InMaking title={t("posts:title")} />;
}
