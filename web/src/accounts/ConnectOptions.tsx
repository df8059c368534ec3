// The two ways to connect: by logging in, or with a token that one has already.
import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { LogIn } from "lucide-react";
import { useState } from "react";

import { keepNext, paste, useLogIn } from "@/accounts/calls";
import { useWords } from "@/i18n/useWords";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./AccountsPage.module.css";

/** `next`: where to go once something is connected. */
export function Connect({ next }: { next: string | undefined }) {
  const { t } = useWords();
  const logIn = useLogIn();
  return (
    <Stack gap="md">
      <Text>{t("accounts:connect.says")}</Text>
      <Group>
        <Button
          size="md"
          className={styles["button"]}
          leftSection={<LogIn size={18} aria-hidden />}
          loading={logIn.isPending}
          onClick={() => logIn.mutate(next)}
        >
          {t("accounts:connect.logIn")}
        </Button>
      </Group>
      <ProblemAlert error={logIn.error} />
      <details>
        <summary className={styles["summary"]}>{t("accounts:connect.byToken")}</summary>
        <PasteToken next={next} />
      </details>
    </Stack>
  );
}

function PasteToken({ next }: { next: string | undefined }) {
  const { t } = useWords();
  const router = useRouter();
  const [token, setToken] = useState("");
  const pasting = useMutation({
    mutationFn: () => paste(token.trim()),
    onSuccess: ({ id }) => {
      keepNext(next);
      // It is not to be seen, or found, any more.
      setToken("");
      return router.navigate({ to: "/accounts/connect/$id", params: { id } });
    },
  });
  return (
    <form
      className={styles["token"]}
      onSubmit={(event) => {
        event.preventDefault();
        pasting.mutate();
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
        <ProblemAlert error={pasting.error} />
        <Group>
          <Button type="submit" variant="default" className={styles["button"]} loading={pasting.isPending}>
            {t("accounts:connect.look")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
