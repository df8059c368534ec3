// The page of an invitation's link: join as a new person, by signing in, or as who is signed in.
import { Button, Paper, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { sessionQuery, type SessionRead } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { invitationQuery, join, type Invitation } from "@/sign-in/invitation-calls";
import { captureLinkToken, takeLinkToken } from "@/sign-in/link";
import { RegisterForm } from "@/sign-in/RegisterForm";
import { SignInToJoin } from "@/sign-in/SignInToJoin";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { PageHeader } from "@/ui/PageHeader";
import { LanguageSwitch, SchemeSwitch } from "@/ui/Preferences";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Wordmark } from "@/ui/Wordmark";

import styles from "./SignInPage.module.css";

export function InvitationPage() {
  const { t } = useMessages();
  const token = useInvitationToken();
  return (
    <main className={styles["page"]}>
      <Paper className={styles["card"]} withBorder radius="lg" p="xl">
        <Wordmark />
        {token === null ? <NoInvitation text={t("sign-in:invitation.linkMissing")} /> : <Opened token={token} />}
      </Paper>
      <div className={styles["preferences"]}>
        <LanguageSwitch />
        <SchemeSwitch />
      </div>
    </main>
  );
}

/** The token of the link that was opened, also of one that is pasted into this tab, which loads nothing. */
function useInvitationToken(): string | null {
  const [token, setToken] = useState(() => takeLinkToken("/invitation"));
  useEffect(() => {
    const adopt = () => {
      captureLinkToken(globalThis.location, globalThis.history);
      const pasted = takeLinkToken("/invitation");
      if (pasted !== null) setToken(pasted);
    };
    adopt();
    globalThis.addEventListener("hashchange", adopt);
    return () => globalThis.removeEventListener("hashchange", adopt);
  }, []);
  return token;
}

function NoInvitation({ text, error }: { text?: string; error?: unknown }) {
  const { t } = useMessages();
  return (
    <>
      <PageHeader title={t("sign-in:invitation.title")} />
      <Stack>
        {text !== undefined && <Text>{text}</Text>}
        <ProblemAlert error={error} />
        <LinkButton to="/" variant="default" size="md">
          {t("sign-in:invitation.open")}
        </LinkButton>
      </Stack>
    </>
  );
}

function Opened({ token }: { token: string }) {
  const { data: invitation, error } = useQuery(invitationQuery(token));
  const { data: session, isPending } = useQuery(sessionQuery);
  if (error) return <NoInvitation error={error} />;
  if (!invitation || isPending) return <Loading />;
  return <Joining token={token} invitation={invitation} session={session ?? null} />;
}

interface JoiningProps {
  token: string;
  invitation: Invitation;
  session: SessionRead | null;
}

function Joining({ token, invitation, session }: JoiningProps) {
  const { t } = useMessages();
  const [way, setWay] = useState<"new" | "known">("new");
  const { workspace, role, invited_by } = invitation;
  return (
    <>
      <PageHeader title={t("sign-in:invitation.join", { workspace })} />
      <Stack>
        <Text>{t(`sign-in:invitation.as.${role}`, { name: invited_by })}</Text>
        {session ? (
          <JoinSignedIn token={token} name={session.user.name} />
        ) : (
          <>
            {way === "new" ? <RegisterForm token={token} /> : <SignInToJoin token={token} />}
            <Button variant="subtle" size="md" onClick={() => setWay(way === "new" ? "known" : "new")}>
              {t(way === "new" ? "sign-in:invitation.known" : "sign-in:invitation.new")}
            </Button>
          </>
        )}
      </Stack>
    </>
  );
}

function JoinSignedIn({ token, name }: { token: string; name: string }) {
  const { t } = useMessages();
  const client = useQueryClient();
  const router = useRouter();
  const joining = useMutation({
    mutationFn: () => join(client, token),
    onSuccess: () => router.history.replace("/"),
  });
  return (
    <>
      <ProblemAlert error={joining.error} />
      <Button size="md" loading={joining.isPending} onClick={() => joining.mutate()}>
        {t("sign-in:invitation.joinAs", { name })}
      </Button>
      <LinkButton to="/" variant="default" size="md">
        {t("sign-in:invitation.open")}
      </LinkButton>
    </>
  );
}
