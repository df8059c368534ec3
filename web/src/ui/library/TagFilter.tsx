// Chooses the tag whose pictures are shown. Nothing where no picture has a tag.
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { mediaTagsQuery } from "@/api/media";
import { useMessages } from "@/i18n/useMessages";

/** `value`: the tag as it was first written, or as an address has it; "" for all pictures. */
export function TagFilter({ value, onChange }: { value: string; onChange: (tag: string) => void }) {
  const { t } = useMessages();
  const { data: tags = [] } = useQuery(mediaTagsQuery);
  if (tags.length === 0 && !value) return null;
  const known = tags.find(({ tag }) => tag.toLowerCase() === value.toLowerCase());
  return (
    <NativeSelect
      size="md"
      label={t("ui:library.tag")}
      value={known?.tag ?? value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      <option value="">{t("ui:library.source.all")}</option>
      {value && !known && <option value={value}>{value}</option>}
      {tags.map(({ tag, count }) => (
        <option key={tag} value={tag}>
          {`${tag} (${count})`}
        </option>
      ))}
    </NativeSelect>
  );
}
