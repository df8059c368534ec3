// The second factor: set up with an authenticator app, and turn off.
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";

import { Problem } from "@/api/problem";
import { useMessages } from "@/i18n/useMessages";
import {
  factorQuery,
  useBeginFactor,
  useConfirmFactor,
  useDisableFactor,
  type FactorSecret,
} from "@/settings/factor-calls";
import { PasswordConfirmation, usePasswordConfirmation } from "@/settings/PasswordConfirmation";
import { RecoveryCodes } from "@/settings/RecoveryCodes";
import { useDateTime } from "@/ui/DateTime";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

export function SecondFactor() {
  const { t } = useMessages();
  const { data: state, error, refetch } = useQuery(factorQuery);
  const [codes, setCodes] = useState<string[] | null>(null);
  return (
    <Panel title={t("settings:factor.title")}>
      {!state && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
      {codes && <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />}
      {!codes && state?.enabled_at === null && <StartSetup onConfirmed={setCodes} />}
      {!codes && state && state.enabled_at !== null && (
        <DisableSecondFactor since={state.enabled_at} left={state.recovery_codes_left} />
      )}
    </Panel>
  );
}

function StartSetup({ onConfirmed }: { onConfirmed: (codes: string[]) => void }) {
  const { t } = useMessages();
  const beginning = useBeginFactor();
  const confirmation = usePasswordConfirmation(beginning.error);
  if (beginning.data) {
    return <ConfirmSetup secret={beginning.data} onConfirmed={onConfirmed} onCancel={() => beginning.reset()} />;
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        beginning.mutate(confirmation.password, { onSuccess: confirmation.clear });
      }}
    >
      <Stack gap="md" className={styles["narrow"]} align="start">
        <Text>{t("settings:factor.hint")}</Text>
        <PasswordConfirmation {...confirmation} />
        {!confirmation.explains && <ProblemAlert error={beginning.error} />}
        <Button
          type="submit"
          variant="default"
          className={styles["button"]}
          leftSection={<ShieldCheck size={18} aria-hidden />}
          loading={beginning.isPending}
        >
          {t("settings:factor.begin")}
        </Button>
      </Stack>
    </form>
  );
}

interface ConfirmProps {
  secret: FactorSecret;
  onConfirmed: (codes: string[]) => void;
  onCancel: () => void;
}

function ConfirmSetup({ secret, onConfirmed, onCancel }: ConfirmProps) {
  const { t } = useMessages();
  const confirming = useConfirmFactor(onConfirmed);
  return (
    <Stack gap="md" className={styles["narrow"]} align="start">
      <Text>{t("settings:factor.scan")}</Text>
      <img src={secret.qr_code} alt={t("settings:factor.picture")} className={styles["qr"]} />
      <TextInput
        w="100%"
        readOnly
        label={t("settings:factor.secret")}
        value={secret.secret}
        classNames={{ input: styles["secret"] ?? "" }}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CodeField
        label={t("settings:factor.code")}
        button={t("settings:factor.confirm")}
        error={confirming.error}
        isPending={confirming.isPending}
        onSubmit={(code) => confirming.mutate(code)}
        onCancel={onCancel}
      />
    </Stack>
  );
}

function DisableSecondFactor({ since, left }: { since: string; left: number }) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const disabling = useDisableFactor();
  return (
    <Stack gap="md" className={styles["narrow"]} align="start">
      <Text>
        {t("settings:factor.on", { day: format(since, "day") })} {t("settings:factor.left", { count: left })}
      </Text>
      <CodeField
        label={t("settings:factor.anyCode")}
        button={t("settings:factor.off")}
        error={disabling.error}
        isPending={disabling.isPending}
        onSubmit={(code) => disabling.mutate(code)}
      />
    </Stack>
  );
}

interface CodeProps {
  label: string;
  button: string;
  error: unknown;
  isPending: boolean;
  onSubmit: (code: string) => void;
  onCancel?: () => void;
}

function CodeField({ label, button, error, isPending, onSubmit, onCancel }: CodeProps) {
  const { t } = useMessages();
  const [code, setCode] = useState("");
  const problem = error instanceof Problem ? error.entriesAt("/code")[0]?.detail : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(code);
      }}
    >
      <Stack gap="md" align="start">
        <TextInput
          label={label}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={40}
          value={code}
          error={problem}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {problem === undefined && <ProblemAlert error={error} />}
        <Group>
          <Button type="submit" variant="default" className={styles["button"]} loading={isPending}>
            {button}
          </Button>
          {onCancel && (
            <Button variant="default" className={styles["button"]} onClick={onCancel}>
              {t("settings:factor.cancel")}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
