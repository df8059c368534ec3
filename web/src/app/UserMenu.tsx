// Who is signed in, how the studio looks and speaks to them, and the way out.
import { ActionIcon, Button, Code, Group, Popover, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { CircleUser, LogOut } from "lucide-react";
import { useState } from "react";

import { signOut, useSession } from "@/api/session";
import { useWords } from "@/i18n/useWords";
import { Dialog } from "@/ui/Dialog";
import { LinkButton } from "@/ui/LinkButton";
import { LanguageSwitch, SchemeSwitch } from "@/ui/Preferences";
import { ProblemAlert } from "@/ui/ProblemAlert";

export function PersonMenu({ name }: { name: string }) {
  const { t } = useWords();
  const { user } = useSession();
  const [open, setOpen] = useState(false);
  const [warned, setWarned] = useState(false);
  const client = useQueryClient();
  const router = useRouter();
  const leave = useMutation({
    mutationFn: () => signOut(client),
    onSuccess: () => router.navigate({ to: "/sign-in" }),
  });
  const ask = () => {
    if (user.has_password) leave.mutate();
    else {
      setOpen(false);
      setWarned(true);
    }
  };
  const menu = (
    <Popover position="bottom-end" shadow="md" width={290} trapFocus opened={open} onChange={setOpen}>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={44}
          aria-label={t("app:person.open", { name })}
          onClick={() => setOpen(!open)}
        >
          <CircleUser size={24} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("app:person.label")}>
        <Stack gap="md">
          <Text fw={650}>{name}</Text>
          <LanguageSwitch kept />
          <SchemeSwitch />
          <ProblemAlert error={leave.error} />
          <Button
            variant="default"
            leftSection={<LogOut size={18} aria-hidden />}
            loading={leave.isPending}
            onClick={ask}
          >
            {t("app:person.signOut")}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
  return (
    <>
      {menu}
      {warned && <SignOutDialog name={name} leave={leave} close={() => setWarned(false)} />}
    </>
  );
}

interface Leaving {
  name: string;
  leave: { isPending: boolean; error: unknown; mutate: () => void };
  close: () => void;
}

/** Asked of who has no password: the session is their only way in. */
function SignOutDialog({ name, leave, close }: Leaving) {
  const { t } = useWords();
  return (
    <Dialog title={t("app:person.noPassword.title")} close={close}>
      <Stack>
        <Text>
          {t("app:person.noPassword.says")} <Code>{`araldo users link ${quoted(name)}`}</Code>
        </Text>
        <ProblemAlert error={leave.error} />
        <Group>
          <LinkButton to="/settings" mih="2.75rem" onClick={close} data-autofocus>
            {t("app:person.noPassword.set")}
          </LinkButton>
          <Button variant="default" mih="2.75rem" loading={leave.isPending} onClick={() => leave.mutate()}>
            {t("app:person.noPassword.leave")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** As a shell takes it for one word. */
function quoted(name: string): string {
  return /^[\p{L}\p{N}_-]+$/u.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
