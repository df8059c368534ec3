// The form for name and password.
import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useState } from "react";

import { useMessages } from "@/i18n/useMessages";

interface Props {
  isPending: boolean;
  onSubmit: (name: string, password: string) => void;
}

export function PasswordForm({ isPending, onSubmit }: Props) {
  const { t } = useMessages();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(name, password);
      }}
    >
      <Stack>
        <TextInput
          label={t("sign-in:name")}
          autoComplete="username"
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("sign-in:password")}
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": t("sign-in:showPassword") }}
        />
        <Button type="submit" size="md" loading={isPending}>
          {t("sign-in:submit")}
        </Button>
      </Stack>
    </form>
  );
}
