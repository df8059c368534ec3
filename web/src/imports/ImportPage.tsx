// Import of posts from a spreadsheet: choose the file, see what every row becomes, then make the posts.
import { Stack, Text } from "@mantine/core";
import { Upload } from "lucide-react";

import { useMessages } from "@/i18n/useMessages";
import { CheckResult } from "@/imports/CheckResult";
import { FilePanel } from "@/imports/FilePanel";
import { OptionsPanel } from "@/imports/OptionsPanel";
import { useImport } from "@/imports/useImport";
import { PageHeader } from "@/ui/PageHeader";
import { useFileDrop } from "@/ui/useFileDrop";

import dropStyles from "@/ui/fileDrop.module.css";

export function ImportPage() {
  const { t } = useMessages();
  const state = useImport();
  const isOver = useFileDrop(state.choose) && !state.run.isRunning;
  return (
    <>
      <PageHeader title={t("imports:title")} />
      <Stack gap="lg">
        <FilePanel state={state} />
        {state.file !== null && (
          <>
            <OptionsPanel state={state} />
            <CheckResult state={state} />
          </>
        )}
      </Stack>
      {isOver && (
        <div className={dropStyles["drop"]}>
          <Upload size={40} aria-hidden />
          <Text fw={650}>{t("imports:drop")}</Text>
        </div>
      )}
    </>
  );
}
