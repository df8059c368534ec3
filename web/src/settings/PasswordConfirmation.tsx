// Asks for the password again where the server requires it, because the sign-in was too long ago.
import { PasswordInput } from "@mantine/core";
import { useState } from "react";

import { Problem } from "@/api/problem";
import { useSession } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";

interface PasswordPrompt {
  /** Null until the server requires it. */
  password: string | null;
  setPassword: (password: string) => void;
  wrong: string | undefined;
}

/** `explains`: whether the field shows everything that `error` says. */
export function usePasswordConfirmation(error: unknown): PasswordPrompt & { explains: boolean; clear: () => void } {
  const [typed, setPassword] = useState("");
  const [wasNeeded, setNeeded] = useState(false);
  const isNeeded = error instanceof Problem && error.code === "password_needed";
  if (isNeeded && !wasNeeded) setNeeded(true);
  const wrong = error instanceof Problem ? error.entriesAt("/password")[0]?.detail : undefined;
  const clear = () => {
    setPassword("");
    setNeeded(false);
  };
  return {
    password: wasNeeded || isNeeded ? typed : null,
    setPassword,
    wrong,
    explains: isNeeded || wrong !== undefined,
    clear,
  };
}

export function PasswordConfirmation({ password, setPassword, wrong }: PasswordPrompt) {
  const { t } = useMessages();
  const { user } = useSession();
  if (password === null) return null;
  return (
    <>
      {/* For password managers. */}
      <input type="text" name="username" autoComplete="username" value={user.name} readOnly hidden />
      <PasswordInput
        w="100%"
        label={t("settings:confirmPassword.label")}
        description={t("settings:confirmPassword.hint")}
        autoComplete="current-password"
        required
        value={password}
        error={wrong}
        visibilityToggleButtonProps={{ "aria-label": t("settings:confirmPassword.show") }}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </>
  );
}
