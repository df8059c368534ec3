// Signing in with a password to join by an invitation; then the second factor, if one is set up.
import { Stack } from "@mantine/core";
import { useState } from "react";

import type { Credential } from "@/api/session";
import { PasswordForm } from "@/sign-in/PasswordForm";
import { SecondFactorForm } from "@/sign-in/SecondFactorForm";
import { isCodeMissing, useSignIn } from "@/sign-in/useSignIn";
import { ProblemAlert } from "@/ui/ProblemAlert";

export function SignInToJoin({ token }: { token: string }) {
  const [accepted, setAccepted] = useState<Credential | null>(null);
  const { mutate, reset, error, isPending } = useSignIn(setAccepted);
  const cancel = () => {
    setAccepted(null);
    reset();
  };
  return (
    <Stack>
      {!isCodeMissing(error) && <ProblemAlert error={error} />}
      {accepted === null ? (
        <PasswordForm
          isPending={isPending}
          onSubmit={(name, password) => mutate({ name, password, invitation: token })}
        />
      ) : (
        <SecondFactorForm isPending={isPending} onSubmit={(code) => mutate({ ...accepted, code })} onCancel={cancel} />
      )}
    </Stack>
  );
}
