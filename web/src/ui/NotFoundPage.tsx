// The page for an unknown address.
import { Button, Container } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { useMessages } from "@/i18n/useMessages";
import { EmptyState } from "@/ui/EmptyState";
import { PageHeader } from "@/ui/PageHeader";

export function NotFoundPage() {
  const { t } = useMessages();
  return (
    <Container component="section" size="sm" py="xl">
      <PageHeader title={t("ui:notFound.title")} />
      <EmptyState
        message={t("ui:notFound.hint")}
        action={
          <Button component={Link} to="/">
            {t("ui:toHome")}
          </Button>
        }
      />
    </Container>
  );
}
