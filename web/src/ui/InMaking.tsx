// Stands where a page is still being written; it goes when the last of them is there.
import { EmptyState } from "@/ui/EmptyState";
import { PageHead } from "@/ui/PageHead";
import { useWords } from "@/i18n/useWords";

export function InMaking({ title }: { title: string }) {
  const { t } = useWords();
  return (
    <>
      <PageHead title={title} />
      <EmptyState says={t("ui:inMaking")} />
    </>
  );
}
