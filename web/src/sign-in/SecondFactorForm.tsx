// The form for the second factor: a code from the authenticator app, or a recovery code.
import { Button, Stack, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import { useMessages } from "@/i18n/useMessages";

interface Props {
  isPending: boolean;
  onSubmit: (code: string) => void;
  onCancel: () => void;
}

export function SecondFactorForm({ isPending, onSubmit, onCancel }: Props) {
  const { t } = useMessages();
  const [code, setCode] = useState("");
  const field = useRef<HTMLInputElement>(null);
  // The previous form is gone, and the focus with it.
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(code);
      }}
    >
      <Stack>
        <TextInput
          ref={field}
          label={t("sign-in:code")}
          description={t("sign-in:codeHint")}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={40}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" size="md" loading={isPending}>
          {t("sign-in:submit")}
        </Button>
        <Button variant="default" size="md" disabled={isPending} onClick={onCancel}>
          {t("sign-in:back")}
        </Button>
      </Stack>
    </form>
  );
}
