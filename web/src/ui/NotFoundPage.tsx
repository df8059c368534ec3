// An address that leads nowhere.
import { Button, Container } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { useWords } from "@/i18n/useWords";
import { EmptyState } from "@/ui/EmptyState";
import { PageHead } from "@/ui/PageHead";

export function NotFoundPage() {
  const { t } = useWords();
  return (
    <Container component="section" size="sm" py="xl">
      <PageHead title={t("ui:notFound.title")} />
      <EmptyState
        says={t("ui:notFound.says")}
        action={
          <Button component={Link} to="/">
            {t("ui:toHome")}
          </Button>
        }
      />
    </Container>
  );
}
