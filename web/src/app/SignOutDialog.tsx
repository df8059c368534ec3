// Asks before a user without a password signs out: then they need a new one-time link.
import { Button, Code, Group, Stack, Text } from "@mantine/core";

import { useMessages } from "@/i18n/useMessages";
import { Dialog } from "@/ui/Dialog";
import { LinkButton } from "@/ui/LinkButton";
import { ProblemAlert } from "@/ui/ProblemAlert";

interface Props {
  name: string;
  signingOut: { isPending: boolean; error: unknown; mutate: () => void };
  close: () => void;
}

export function SignOutDialog({ name, signingOut, close }: Props) {
  const { t } = useMessages();
  return (
    <Dialog title={t("app:user.noPassword.title")} close={close}>
      <Stack>
        <Text>
          {t("app:user.noPassword.hint")} <Code>{`araldo users link ${shellQuote(name)}`}</Code>
        </Text>
        <ProblemAlert error={signingOut.error} />
        <Group>
          <LinkButton to="/settings" mih="2.75rem" onClick={close} data-autofocus>
            {t("app:user.noPassword.setPassword")}
          </LinkButton>
          <Button variant="default" mih="2.75rem" loading={signingOut.isPending} onClick={() => signingOut.mutate()}>
            {t("app:user.noPassword.signOut")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** Quote a name as one word of a shell command. */
function shellQuote(name: string): string {
  return /^[\p{L}\p{N}_-]+$/u.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
