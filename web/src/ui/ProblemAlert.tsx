// What went wrong with a call, in words, where it matters; never a passing notice for something that blocks.
import { Alert, Button, Stack, Text } from "@mantine/core";
import { CircleAlert } from "lucide-react";

import { Problem } from "@/api/problem";
import type { Translate } from "@/i18n/keys";
import { useWords } from "@/i18n/useWords";

interface Props {
  error: unknown;
  retry?: () => void;
}

/** Nothing, when there is no error. */
export function ProblemAlert({ error, retry }: Props) {
  const { t } = useWords();
  if (error === null || error === undefined) return null;
  const requestId = error instanceof Problem ? error.requestId : undefined;
  return (
    <Alert color="red" role="alert" icon={<CircleAlert aria-hidden />} title={t("ui:wentWrong")}>
      <Stack gap="xs" align="start">
        <Text size="sm">{saidOf(error, t)}</Text>
        {requestId !== undefined && (
          <Text size="xs" c="dimmed">
            {t("ui:requestId", { id: requestId })}
          </Text>
        )}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {t("ui:retry")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** The server's own sentence where it gave one. */
export function saidOf(error: unknown, t: Translate): string {
  if (!(error instanceof Problem)) return t("ui:bug");
  if (error.unanswered) return t("ui:noAnswer");
  return error.detail || t("ui:unexpected", { status: error.status });
}
