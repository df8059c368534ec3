// The error of an API call, shown where it happened.
import { Alert, Button, Stack, Text } from "@mantine/core";
import { CircleAlert } from "lucide-react";

import { Problem } from "@/api/problem";
import type { Translate } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";

interface Props {
  error: unknown;
  retry?: () => void;
}

/** Renders nothing without an error. */
export function ProblemAlert({ error, retry }: Props) {
  const { t } = useMessages();
  if (error === null || error === undefined) return null;
  const requestId = error instanceof Problem ? error.requestId : undefined;
  return (
    <Alert color="red" role="alert" icon={<CircleAlert aria-hidden />} title={t("ui:failed")}>
      <Stack gap="xs" align="start">
        <Text size="sm">{problemMessage(error, t)}</Text>
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

/** Return the server's message; the studio's own where there is none. */
export function problemMessage(error: unknown, t: Translate): string {
  if (!(error instanceof Problem)) return t("ui:bug");
  if (error.unanswered) return t("ui:noAnswer");
  return error.detail || t("ui:unexpected", { status: error.status });
}
