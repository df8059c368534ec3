// A page that could not be shown: what was said, and another try.
import { Container } from "@mantine/core";
import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";

import { useWords } from "@/i18n/useWords";
import { PageHead } from "@/ui/PageHead";
import { ProblemAlert } from "@/ui/ProblemAlert";

export function FailedPage({ error }: ErrorComponentProps) {
  const { t } = useWords();
  const router = useRouter();
  return (
    <Container component="section" size="sm" py="xl">
      <PageHead title={t("app:failed")} />
      <ProblemAlert error={error} retry={() => void router.invalidate()} />
    </Container>
  );
}
