// What an import has made, what was there already, and what was not made.
import { Group, Stack, Text } from "@mantine/core";

import { useMessages } from "@/i18n/useMessages";
import type { ImportAnswer } from "@/imports/calls";
import { LinkButton } from "@/ui/LinkButton";
import { Notice } from "@/ui/Notice";

export function ImportReport({ answer }: { answer: ImportAnswer }) {
  const { t } = useMessages();
  const { imported, already_imported: already, invalid } = answer;
  const scheduled = answer.rows.filter(({ status, intent }) => status === "imported" && intent === "schedule").length;
  return (
    <Stack gap="md">
      <Notice tone={invalid > 0 ? "warn" : "good"} title={t("imports:report.imported", { count: imported })} announced>
        {(already > 0 || invalid > 0) && (
          <Text size="sm">
            {[
              ...(already > 0 ? [t("imports:report.already", { count: already })] : []),
              ...(invalid > 0 ? [t("imports:report.invalid", { count: invalid })] : []),
            ].join(" ")}
          </Text>
        )}
      </Notice>
      <Group gap="sm">
        {scheduled > 0 && (
          <>
            <LinkButton to="/calendar" mih="2.75rem">
              {t("imports:report.calendar")}
            </LinkButton>
            <LinkButton to="/posts" search={{ show: "scheduled" }} variant="default" mih="2.75rem">
              {t("imports:report.scheduled")}
            </LinkButton>
          </>
        )}
        {imported > scheduled && (
          <LinkButton to="/posts" search={{ show: "drafts" }} variant="default" mih="2.75rem">
            {t("imports:report.drafts")}
          </LinkButton>
        )}
      </Group>
    </Stack>
  );
}
