// The two ways to connect accounts: by logging in to Meta, or with an access token.
import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { LogIn } from "lucide-react";
import { useState } from "react";

import { connectWithToken, storeReturnPath, useMetaLogin } from "@/accounts/calls";
import { useMessages } from "@/i18n/useMessages";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./AccountsPage.module.css";

/** `next`: where to go once an account is connected. */
export function ConnectOptions({ next }: { next: string | undefined }) {
  const { t } = useMessages();
  const login = useMetaLogin();
  return (
    <Stack gap="md">
      <Text>{t("accounts:connect.hint")}</Text>
      <Group>
        <Button
          size="md"
          className={styles["button"]}
          leftSection={<LogIn size={18} aria-hidden />}
          loading={login.isPending}
          onClick={() => login.mutate(next)}
        >
          {t("accounts:connect.logIn")}
        </Button>
      </Group>
      <ProblemAlert error={login.error} />
      <details>
        <summary className={styles["summary"]}>{t("accounts:connect.byToken")}</summary>
        <TokenForm next={next} />
      </details>
    </Stack>
  );
}

function TokenForm({ next }: { next: string | undefined }) {
  const { t } = useMessages();
  const router = useRouter();
  const [token, setToken] = useState("");
  const connecting = useMutation({
    mutationFn: () => connectWithToken(token.trim()),
    onSuccess: ({ id }) => {
      storeReturnPath(next);
      // The token is not kept in the page.
      setToken("");
      return router.navigate({ to: "/accounts/connect/$id", params: { id } });
    },
  });
  return (
    <form
      className={styles["token"]}
      onSubmit={(event) => {
        event.preventDefault();
        connecting.mutate();
      }}
    >
      <Stack gap="sm">
        <PasswordInput
          label={t("accounts:connect.token")}
          description={t("accounts:connect.tokenHint")}
          autoComplete="off"
          spellCheck={false}
          required
          maxLength={4000}
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": t("accounts:connect.show") }}
        />
        <ProblemAlert error={connecting.error} />
        <Group>
          <Button type="submit" variant="default" className={styles["button"]} loading={connecting.isPending}>
            {t("accounts:connect.findPages")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
