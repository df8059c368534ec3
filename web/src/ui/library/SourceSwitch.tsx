// Chooses between uploaded, generated and all pictures of the library.
import { SegmentedControl } from "@mantine/core";

import { useMessages } from "@/i18n/useMessages";
import { isSource, SOURCES, type Source } from "@/ui/library/sources";

export function SourceSwitch({ value, onChange }: { value: Source; onChange: (source: Source) => void }) {
  const { t } = useMessages();
  return (
    <SegmentedControl
      size="md"
      aria-label={t("ui:library.source.label")}
      value={value}
      data={SOURCES.map((source) => ({ value: source, label: t(`ui:library.source.${source}`) }))}
      onChange={(source) => isSource(source) && onChange(source)}
    />
  );
}
