// Sign-in by the one-time link in the address, else by name and password; then by a second factor, if one is set up.
import { Paper, Stack, Text } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import type { Credential } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { PasswordForm } from "@/sign-in/PasswordForm";
import { SecondFactorForm } from "@/sign-in/SecondFactorForm";
import { isCodeMissing, useSignIn } from "@/sign-in/useSignIn";
import { captureLinkToken, takeLinkToken } from "@/sign-in/link";
import { Loading } from "@/ui/Loading";
import { PageHeader } from "@/ui/PageHeader";
import { LanguageSwitch, SchemeSwitch } from "@/ui/Preferences";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Wordmark } from "@/ui/Wordmark";

import styles from "./SignInPage.module.css";

export function SignInPage() {
  const { t } = useMessages();
  // The credential that was accepted and still needs the second factor.
  const [accepted, setAccepted] = useState<Credential | null>(null);
  const { next } = useSearch({ from: "/sign-in" });
  const signingIn = useSignIn(setAccepted, next);
  const { mutate, reset } = signingIn;

  useEffect(() => {
    const signInByLink = () => {
      // A link pasted into this tab changes only the hash and loads nothing.
      captureLinkToken(globalThis.location, globalThis.history);
      const link = takeLinkToken("/sign-in");
      if (link !== null) mutate({ link });
    };
    signInByLink();
    globalThis.addEventListener("hashchange", signInByLink);
    return () => globalThis.removeEventListener("hashchange", signInByLink);
  }, [mutate]);

  const isByLink = accepted === null && signingIn.variables !== undefined && "link" in signingIn.variables;
  const cancel = () => {
    setAccepted(null);
    reset();
  };
  return (
    <main className={styles["page"]}>
      <Paper className={styles["card"]} withBorder radius="lg" p="xl">
        <Wordmark />
        <PageHeader title={t("sign-in:title")} />
        <Stack>
          {!isCodeMissing(signingIn.error) && <ProblemAlert error={signingIn.error} />}
          {isByLink && signingIn.isError && <Text size="sm">{t("sign-in:newLink")}</Text>}
          {accepted === null ? (
            <CredentialForm
              isLoading={isByLink && signingIn.isPending}
              isPending={signingIn.isPending}
              onSubmit={mutate}
            />
          ) : (
            <SecondFactorForm
              isPending={signingIn.isPending}
              onSubmit={(code) => mutate({ ...accepted, code })}
              onCancel={cancel}
            />
          )}
        </Stack>
      </Paper>
      <div className={styles["preferences"]}>
        <LanguageSwitch />
        <SchemeSwitch />
      </div>
    </main>
  );
}

interface CredentialFormProps {
  /** A link is being tried. */
  isLoading: boolean;
  isPending: boolean;
  onSubmit: (credential: Credential) => void;
}

function CredentialForm({ isLoading, isPending, onSubmit }: CredentialFormProps) {
  const { t } = useMessages();
  if (isLoading) return <Loading />;
  return (
    <>
      <PasswordForm isPending={isPending} onSubmit={(name, password) => onSubmit({ name, password })} />
      <Text size="sm" c="dimmed">
        {t("sign-in:linkHint")}
      </Text>
    </>
  );
}
