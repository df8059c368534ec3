// The second factor at sign-in: a code of the authenticator app, or a recovery code.
import { Button, Stack, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import { useWords } from "@/i18n/useWords";

interface Props {
  pending: boolean;
  enter: (code: string) => void;
  cancel: () => void;
}

export function CodeForm({ pending, enter, cancel }: Props) {
  const { t } = useWords();
  const [code, setCode] = useState("");
  const field = useRef<HTMLInputElement>(null);
  // The form before it is gone, and the focus with it.
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        enter(code);
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
        <Button type="submit" size="md" loading={pending}>
          {t("sign-in:enter")}
        </Button>
        <Button variant="default" size="md" disabled={pending} onClick={cancel}>
          {t("sign-in:back")}
        </Button>
      </Stack>
    </form>
  );
}
