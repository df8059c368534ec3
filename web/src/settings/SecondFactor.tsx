// The second factor: set up with an authenticator app, and turned off again.
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";

import { Problem } from "@/api/problem";
import { useWords } from "@/i18n/useWords";
import {
  factorQuery,
  useBeginFactor,
  useConfirmFactor,
  useDisableFactor,
  type FactorSecret,
} from "@/settings/factor-calls";
import { PasswordAgain, usePasswordAgain } from "@/settings/PasswordAgain";
import { RecoveryCodes } from "@/settings/RecoveryCodes";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { When } from "@/ui/When";

import styles from "./Settings.module.css";

export function SecondFactor() {
  const { t } = useWords();
  const { data: state, error, refetch } = useQuery(factorQuery);
  const [codes, setCodes] = useState<string[] | null>(null);
  return (
    <Panel title={t("settings:factor.title")}>
      {!state && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
      {codes && <RecoveryCodes codes={codes} done={() => setCodes(null)} />}
      {!codes && state?.enabled_at === null && <Setup onConfirmed={setCodes} />}
      {!codes && state && state.enabled_at !== null && (
        <TurnOff since={state.enabled_at} left={state.recovery_codes_left} />
      )}
    </Panel>
  );
}

function Setup({ onConfirmed }: { onConfirmed: (codes: string[]) => void }) {
  const { t } = useWords();
  const beginning = useBeginFactor();
  const again = usePasswordAgain(beginning.error);
  if (beginning.data) {
    return <Confirm made={beginning.data} onConfirmed={onConfirmed} cancel={() => beginning.reset()} />;
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        beginning.mutate(again.password, { onSuccess: again.clear });
      }}
    >
      <Stack gap="md" className={styles["narrow"]} align="start">
        <Text>{t("settings:factor.offSays")}</Text>
        <PasswordAgain {...again} />
        {!again.explains && <ProblemAlert error={beginning.error} />}
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
  made: FactorSecret;
  onConfirmed: (codes: string[]) => void;
  cancel: () => void;
}

function Confirm({ made, onConfirmed, cancel }: ConfirmProps) {
  const { t } = useWords();
  const confirming = useConfirmFactor(onConfirmed);
  return (
    <Stack gap="md" className={styles["narrow"]} align="start">
      <Text>{t("settings:factor.scan")}</Text>
      <img src={made.qr_code} alt={t("settings:factor.picture")} className={styles["qr"]} />
      <TextInput
        w="100%"
        readOnly
        label={t("settings:factor.secret")}
        value={made.secret}
        classNames={{ input: styles["secret"] ?? "" }}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CodeField
        label={t("settings:factor.code")}
        button={t("settings:factor.confirm")}
        error={confirming.error}
        pending={confirming.isPending}
        send={(code) => confirming.mutate(code)}
        cancel={cancel}
      />
    </Stack>
  );
}

function TurnOff({ since, left }: { since: string; left: number }) {
  const { t } = useWords();
  const disabling = useDisableFactor();
  return (
    <Stack gap="md" className={styles["narrow"]} align="start">
      <Text>
        {t("settings:factor.on")} <When at={since} style="day" /> · {t("settings:factor.left", { count: left })}
      </Text>
      <CodeField
        label={t("settings:factor.anyCode")}
        button={t("settings:factor.off")}
        error={disabling.error}
        pending={disabling.isPending}
        send={(code) => disabling.mutate(code)}
      />
    </Stack>
  );
}

interface CodeProps {
  label: string;
  button: string;
  error: unknown;
  pending: boolean;
  send: (code: string) => void;
  cancel?: () => void;
}

function CodeField({ label, button, error, pending, send, cancel }: CodeProps) {
  const { t } = useWords();
  const [code, setCode] = useState("");
  const wrong = error instanceof Problem ? error.at("/code")[0]?.detail : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send(code);
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
          error={wrong}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {wrong === undefined && <ProblemAlert error={error} />}
        <Group>
          <Button type="submit" variant="default" className={styles["button"]} loading={pending}>
            {button}
          </Button>
          {cancel && (
            <Button variant="default" className={styles["button"]} onClick={cancel}>
              {t("settings:factor.cancel")}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
