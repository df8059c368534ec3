// The page for a page that could not be shown: the error, and a retry.
import { Container } from "@mantine/core";
import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";

import { useMessages } from "@/i18n/useMessages";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";

export function ErrorPage({ error }: ErrorComponentProps) {
  const { t } = useMessages();
  const router = useRouter();
  return (
    <Container component="section" size="sm" py="xl">
      <PageHeader title={t("app:failed")} />
      <ProblemAlert error={error} retry={() => void router.invalidate()} />
    </Container>
  );
}

/** For errors outside the shell, which has a `main` element of its own. */
export function StandaloneErrorPage(props: ErrorComponentProps) {
  return (
    <main>
      <ErrorPage {...props} />
    </main>
  );
}
