// The password, asked for again where the sign-in was too long ago for what is to be done.
import { PasswordInput } from "@mantine/core";
import { useState } from "react";

import { Problem } from "@/api/problem";
import { useSession } from "@/api/session";
import { useWords } from "@/i18n/useWords";

interface PasswordPrompt {
  /** Null until the server has asked for it. */
  password: string | null;
  setPassword: (password: string) => void;
  wrong: string | undefined;
}

/** `explains`: whether the field says all that `error` does. */
export function usePasswordAgain(error: unknown): PasswordPrompt & { explains: boolean; clear: () => void } {
  const [typed, setPassword] = useState("");
  const [wasNeeded, setNeeded] = useState(false);
  const isNeeded = error instanceof Problem && error.code === "password_needed";
  if (isNeeded && !wasNeeded) setNeeded(true);
  const wrong = error instanceof Problem ? error.at("/password")[0]?.detail : undefined;
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

export function PasswordAgain({ password, setPassword, wrong }: PasswordPrompt) {
  const { t } = useWords();
  const { user } = useSession();
  if (password === null) return null;
  return (
    <>
      {/* For password managers, which ask whose it is. */}
      <input type="text" name="username" autoComplete="username" value={user.name} readOnly hidden />
      <PasswordInput
        w="100%"
        label={t("settings:again.password")}
        description={t("settings:again.says")}
        autoComplete="current-password"
        required
        value={password}
        error={wrong}
        visibilityToggleButtonProps={{ "aria-label": t("settings:again.show") }}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </>
  );
}
