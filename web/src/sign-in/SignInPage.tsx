// The way in: by the one-time link in the address, else by name and password; then a second factor, where there is one.
import { Button, Paper, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useState, type SubmitEvent } from "react";

import { Problem } from "@/api/problem";
import { signIn, type Credential } from "@/api/session";
import { useWords } from "@/i18n/useWords";
import { CodeForm } from "@/sign-in/CodeForm";
import { noticeLink, takeLink } from "@/sign-in/link";
import { Loading } from "@/ui/Loading";
import { PageHead } from "@/ui/PageHead";
import { LanguageSwitch, SchemeSwitch } from "@/ui/Preferences";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Wordmark } from "@/ui/Wordmark";

import styles from "./SignInPage.module.css";

export function SignInPage() {
  const { t } = useWords();
  // What was right, and still needs the second factor's code.
  const [accepted, setAccepted] = useState<Credential | null>(null);
  const entering = useEntering(setAccepted);
  const { mutate, reset } = entering;

  useEffect(() => {
    const enter = () => {
      // A link that is pasted into this very tab changes the hash and loads nothing.
      noticeLink(globalThis.location, globalThis.history);
      const link = takeLink();
      if (link !== null) mutate({ link });
    };
    enter();
    globalThis.addEventListener("hashchange", enter);
    return () => globalThis.removeEventListener("hashchange", enter);
  }, [mutate]);

  const byLink = accepted === null && entering.variables !== undefined && "link" in entering.variables;
  const cancel = () => {
    setAccepted(null);
    reset();
  };
  return (
    <main className={styles["page"]}>
      <Paper className={styles["card"]} withBorder radius="lg" p="xl">
        <Wordmark />
        <PageHead title={t("sign-in:title")} />
        <Stack>
          {!isCodeMissing(entering.error) && <ProblemAlert error={entering.error} />}
          {byLink && entering.isError && <Text size="sm">{t("sign-in:newLink")}</Text>}
          {accepted === null ? (
            <FirstForm loading={byLink && entering.isPending} pending={entering.isPending} enter={mutate} />
          ) : (
            <CodeForm pending={entering.isPending} enter={(code) => mutate({ ...accepted, code })} cancel={cancel} />
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

function useEntering(setAccepted: (credential: Credential | null) => void) {
  const client = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: "/sign-in" });
  return useMutation({
    mutationFn: (credential: Credential) => signIn(client, credential),
    meta: { signsIn: true },
    onSuccess: () => router.history.replace(next ?? "/"),
    onError: (error, credential) => {
      if (!(error instanceof Problem) || error.status !== 401) return;
      // A link that ran out, or a password that was changed, has to be given anew: back to the first form.
      setAccepted(isCodeMissing(error) || error.code === "totp_wrong" ? credential : null);
    },
  });
}

function isCodeMissing(error: unknown): boolean {
  return error instanceof Problem && error.code === "totp_required";
}

interface FirstFormProps {
  /** A link is being tried: nothing is asked meanwhile. */
  loading: boolean;
  pending: boolean;
  enter: (credential: Credential) => void;
}

function FirstForm({ loading, pending, enter }: FirstFormProps) {
  return loading ? <Loading /> : <PasswordForm pending={pending} enter={enter} />;
}

function PasswordForm({ pending, enter }: { pending: boolean; enter: (credential: Credential) => void }) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    enter({ name, password });
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
        <Button type="submit" size="md" loading={pending}>
          {t("sign-in:enter")}
        </Button>
        <Text size="sm" c="dimmed">
          {t("sign-in:linkHint")}
        </Text>
      </Stack>
    </form>
  );
}
