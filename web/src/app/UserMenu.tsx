// The user's menu: language, appearance, help, keyboard shortcuts, sign out.
import { ActionIcon, Anchor, Button, Popover, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { CircleUser, Keyboard, LogOut } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { signOut, useSession } from "@/api/session";
import { useOverlays } from "@/app/commands/CommandLayer";
import { useMessages } from "@/i18n/useMessages";
import { LanguageSwitch, SchemeSwitch } from "@/ui/Preferences";
import { ProblemAlert } from "@/ui/ProblemAlert";

const SignOutDialog = lazy(() => import("@/app/SignOutDialog").then((module) => ({ default: module.SignOutDialog })));

export function UserMenu({ name }: { name: string }) {
  const { t } = useMessages();
  const { user } = useSession();
  const [isOpen, setIsOpen] = useState(false);
  const [isWarned, setWarned] = useState(false);
  const client = useQueryClient();
  const router = useRouter();
  const { openOverlay } = useOverlays();
  const signingOut = useMutation({
    mutationFn: () => signOut(client),
    onSuccess: () => router.navigate({ to: "/sign-in" }),
  });
  const confirmOrSignOut = () => {
    if (user.has_password) signingOut.mutate();
    else {
      setIsOpen(false);
      setWarned(true);
    }
  };
  const menu = (
    <Popover position="bottom-end" shadow="md" width={290} trapFocus opened={isOpen} onChange={setIsOpen}>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={44}
          aria-label={t("app:user.open", { name })}
          onClick={() => setIsOpen(!isOpen)}
        >
          <CircleUser size={24} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("app:user.menu")}>
        <Stack gap="md">
          <Text fw={650}>{name}</Text>
          <LanguageSwitch forUser />
          <SchemeSwitch />
          <Anchor href="/docs" target="_blank" rel="noreferrer">
            {t("app:user.help")}
          </Anchor>
          <Button
            variant="default"
            leftSection={<Keyboard size={18} aria-hidden />}
            onClick={() => {
              setIsOpen(false);
              openOverlay("shortcuts");
            }}
          >
            {t("app:commands.shortcuts")}
          </Button>
          <ProblemAlert error={signingOut.error} />
          <Button
            variant="default"
            leftSection={<LogOut size={18} aria-hidden />}
            loading={signingOut.isPending}
            onClick={confirmOrSignOut}
          >
            {t("app:user.signOut")}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
  return (
    <>
      {menu}
      {isWarned && (
        <Suspense>
          <SignOutDialog name={name} signingOut={signingOut} close={() => setWarned(false)} />
        </Suspense>
      )}
    </>
  );
}
