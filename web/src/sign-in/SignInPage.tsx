// Sign-in by the one-time link in the address, else by name and password; then by a second factor, if one is set up.
import { Button, Paper, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useState, type SubmitEvent } from "react";

import { Problem } from "@/api/problem";
import { signIn, type Credential } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { SecondFactorForm } from "@/sign-in/SecondFactorForm";
import { captureSignInToken, takeSignInToken } from "@/sign-in/link";
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
  const signingIn = useSignIn(setAccepted);
  const { mutate, reset } = signingIn;

  useEffect(() => {
    const signInByLink = () => {
      // A link pasted into this tab changes only the hash and loads nothing.
      captureSignInToken(globalThis.location, globalThis.history);
      const link = takeSignInToken();
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

function useSignIn(setAccepted: (credential: Credential | null) => void) {
  const client = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: "/sign-in" });
  return useMutation({
    mutationFn: (credential: Credential) => signIn(client, credential),
    meta: { signsIn: true },
    onSuccess: () => router.history.replace(next ?? "/"),
    onError: (error, credential) => {
      if (!(error instanceof Problem) || error.status !== 401) return;
      // An expired link or a changed password: back to the first form.
      setAccepted(isCodeMissing(error) || error.code === "totp_wrong" ? credential : null);
    },
  });
}

function isCodeMissing(error: unknown): boolean {
  return error instanceof Problem && error.code === "totp_required";
}

interface CredentialFormProps {
  /** A link is being tried. */
  isLoading: boolean;
  isPending: boolean;
  onSubmit: (credential: Credential) => void;
}

function CredentialForm({ isLoading, isPending, onSubmit }: CredentialFormProps) {
  return isLoading ? <Loading /> : <PasswordForm isPending={isPending} onSubmit={onSubmit} />;
}

function PasswordForm({ isPending, onSubmit }: { isPending: boolean; onSubmit: (credential: Credential) => void }) {
  const { t } = useMessages();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit({ name, password });
  };
  return (
    <form onSubmit={submit}>
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
        <Text size="sm" c="dimmed">
          {t("sign-in:linkHint")}
        </Text>
      </Stack>
    </form>
  );
}
