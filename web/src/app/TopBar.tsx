// The top bar: workspace, the search, a button for a new post, and the user's menu.
import { Button, NativeSelect, UnstyledButton } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { Plus, Search } from "lucide-react";
import { lazy, Suspense } from "react";

import { useChangeSession, type SessionRead } from "@/api/session";
import { useOverlays } from "@/app/commands/CommandLayer";
import { useMessages } from "@/i18n/useMessages";
import { Allowed } from "@/ui/Allowed";
import { Wordmark } from "@/ui/Wordmark";

import styles from "./TopBar.module.css";

// Beside the first page, which does not wait for what only opens later.
const UserMenu = lazy(async () => ({ default: (await import("@/app/UserMenu")).UserMenu }));

export function TopBar({ session }: { session: SessionRead }) {
  const { t } = useMessages();
  return (
    <header className={styles["top"]}>
      <Link to="/" className={styles["brand"]} aria-label={t("ui:toHome")}>
        <Wordmark />
      </Link>
      <WorkspaceSelect session={session} />
      <div className={styles["right"]}>
        <SearchButton />
        <Allowed to="draft">
          <Button
            component={Link}
            to="/posts/new"
            leftSection={<Plus size={18} aria-hidden />}
            className={styles["create"]}
          >
            {t("app:createPost")}
          </Button>
        </Allowed>
        <Suspense fallback={<span className={styles["user"]} />}>
          <UserMenu name={session.user.name} />
        </Suspense>
      </div>
    </header>
  );
}

function SearchButton() {
  const { t } = useMessages();
  const { openOverlay, ariaShortcut } = useOverlays();
  return (
    <UnstyledButton
      className={styles["search"]}
      aria-haspopup="dialog"
      aria-keyshortcuts={ariaShortcut}
      aria-label={t("app:commands.search")}
      onClick={() => openOverlay("palette")}
    >
      <Search size={20} aria-hidden />
      <span className={styles["searchLabel"]}>{t("app:commands.open")}</span>
    </UnstyledButton>
  );
}

function WorkspaceSelect({ session }: { session: SessionRead }) {
  const { t } = useMessages();
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
        // The open page belongs to the old workspace.
        change.mutate(
          { workspace_id: event.currentTarget.value },
          { onSuccess: () => void router.navigate({ to: "/" }) },
        )
      }
    />
  );
}
