// The head of the page: whose workspace this is, the way to a new post, and the person's menu.
import { Button, NativeSelect } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { Plus } from "lucide-react";

import { useChangeSession, type SessionRead } from "@/api/session";
import { PersonMenu } from "@/app/PersonMenu";
import { useWords } from "@/i18n/useWords";
import { Wordmark } from "@/ui/Wordmark";

import styles from "./TopBar.module.css";

export function TopBar({ session }: { session: SessionRead }) {
  const { t } = useWords();
  return (
    <header className={styles["top"]}>
      <Link to="/" className={styles["brand"]} aria-label={t("ui:toHome")}>
        <Wordmark />
      </Link>
      <WorkspaceSwitch session={session} />
      <div className={styles["right"]}>
        <Button
          component={Link}
          to="/posts/new"
          leftSection={<Plus size={18} aria-hidden />}
          className={styles["create"]}
        >
          {t("app:createPost")}
        </Button>
        <PersonMenu name={session.user.name} />
      </div>
    </header>
  );
}

function WorkspaceSwitch({ session }: { session: SessionRead }) {
  const { t } = useWords();
  const router = useRouter();
  const change = useChangeSession();
  if (session.workspaces.length < 2) return <span className={styles["workspace"]}>{session.workspace.name}</span>;
  return (
    <NativeSelect
      className={styles["workspace"]}
      aria-label={t("app:workspace")}
      value={session.workspace.id}
      disabled={change.isPending}
      error={change.error ? t("app:workspaceNotChanged") : undefined}
      data={session.workspaces.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={(event) =>
        // What is open belongs to the other workspace.
        change.mutate(
          { workspace_id: event.currentTarget.value },
          { onSuccess: () => void router.navigate({ to: "/" }) },
        )
      }
    />
  );
}
