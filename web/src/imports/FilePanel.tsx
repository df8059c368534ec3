// The file: choose or drop it, what its columns are, and an example to begin with.
import { Anchor, Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { FileSpreadsheet } from "lucide-react";

import { accountsQuery } from "@/api/accounts";
import { platformLabel, platformsQuery } from "@/api/platforms";
import { useMessages } from "@/i18n/useMessages";
import { MAX_BYTES } from "@/imports/calls";
import { exampleFile } from "@/imports/exampleFile";
import type { Import } from "@/imports/useImport";
import { useDateTime } from "@/ui/DateTime";
import { Notice } from "@/ui/Notice";
import { Panel } from "@/ui/Panel";
import { saveFile } from "@/ui/saveFile";

import styles from "./Import.module.css";

const ACCEPTED = ".csv,.tsv,.txt,.xlsx,.ods,text/csv";

export function FilePanel({ state: { file, fileProblem, choose, run } }: { state: Import }) {
  const { t } = useMessages();
  return (
    <Panel title={t("imports:file.title")}>
      <Stack gap="md" align="start">
        <Text>{t("imports:file.hint")}</Text>
        <Text size="sm" c="dimmed">
          {t("imports:file.columns")}{" "}
          <Anchor href="/docs/import-export/" target="_blank" rel="noreferrer" underline="always" inherit>
            {t("imports:file.docs")}
          </Anchor>
        </Text>
        <Group gap="sm">
          <FileButton accept={ACCEPTED} onChange={(chosen) => chosen && void choose([chosen])}>
            {(props) => (
              <Button
                {...props}
                mih="2.75rem"
                variant={file ? "default" : "filled"}
                disabled={run.isRunning}
                leftSection={<FileSpreadsheet size={18} aria-hidden />}
              >
                {file ? t("imports:file.chooseOther") : t("imports:file.choose")}
              </Button>
            )}
          </FileButton>
          <ExampleButton />
        </Group>
        <div role="status" className={styles["status"]}>
          {file && <Text fw={600}>{t("imports:file.chosen", { name: file.name })}</Text>}
          {fileProblem && (
            <Notice tone="bad">
              {t(`imports:file.problem.${fileProblem}`, { megabytes: MAX_BYTES / 1024 / 1024 })}
            </Notice>
          )}
        </div>
      </Stack>
    </Panel>
  );
}

function ExampleButton() {
  const { t, locale } = useMessages();
  const { zone } = useDateTime();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const { data: accounts = [] } = useQuery(accountsQuery);
  const used = [...new Set(accounts.flatMap(({ platforms: names }) => names))];
  const labels = (used.length > 0 ? used : platforms.map(({ name }) => name))
    .slice(0, 2)
    .map((name) => platformLabel(platforms, name));
  return (
    <Button
      variant="subtle"
      mih="2.75rem"
      onClick={() => saveFile(exampleFile({ labels, zone, locale, now: new Date() }, t), t("imports:example.name"))}
    >
      {t("imports:example.download")}
    </Button>
  );
}
