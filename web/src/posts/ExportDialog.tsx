// Export of the list's posts with their results, as a file for spreadsheets or for programs.
import { Button, NativeSelect, Radio, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { exportPosts, type ExportFormat, type PostFilter } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { csvDelimiter } from "@/ui/csvDelimiter";
import { Dialog } from "@/ui/Dialog";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { saveFile } from "@/ui/saveFile";

const FORMATS: readonly ExportFormat["format"][] = ["csv", "json"];
const DELIMITERS: readonly ExportFormat["delimiter"][] = ["semicolon", "comma"];

interface Props {
  /** That of the list. */
  filter: PostFilter;
  close: () => void;
}

export function ExportDialog({ filter, close }: Props) {
  const { t, locale } = useMessages();
  const [format, setFormat] = useState<ExportFormat["format"]>("csv");
  const [delimiter, setDelimiter] = useState<ExportFormat["delimiter"]>(
    csvDelimiter(locale) === ";" ? "semicolon" : "comma",
  );
  const exporting = useMutation({
    mutationFn: () => exportPosts(filter, { format, delimiter }),
    onSuccess: ({ content, name }) => {
      saveFile(content, name);
      close();
    },
  });
  return (
    <Dialog title={t("posts:export.title")} close={close}>
      <Stack gap="md" align="start">
        <Text size="sm">{t("posts:export.hint")}</Text>
        <Radio.Group
          label={t("posts:export.format")}
          value={format}
          onChange={(value) => setFormat(FORMATS.find((known) => known === value) ?? "csv")}
        >
          <Stack gap="xs" mt="xs">
            {FORMATS.map((name) => (
              <Radio
                key={name}
                value={name}
                size="md"
                label={t(`posts:export.${name}`)}
                description={t(`posts:export.${name}Hint`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        {format === "csv" && (
          <NativeSelect
            size="md"
            label={t("posts:export.delimiter")}
            description={t("posts:export.delimiterHint")}
            value={delimiter}
            data={DELIMITERS.map((value) => ({ value, label: t(`posts:export.${value}`) }))}
            onChange={(event) =>
              setDelimiter(DELIMITERS.find((known) => known === event.currentTarget.value) ?? "comma")
            }
          />
        )}
        <ProblemAlert error={exporting.error} />
        <Button mih="2.75rem" loading={exporting.isPending} onClick={() => exporting.mutate()}>
          {t("posts:export.submit")}
        </Button>
      </Stack>
    </Dialog>
  );
}
