// One platform: whether the post goes there, in which shape, to which account, and what stands in the way.
import { Checkbox, NativeSelect, SegmentedControl, Stack, Text } from "@mantine/core";
import { useId } from "react";

import type { Account } from "@/api/accounts";
import type { Platform } from "@/api/platforms";
import { useWords } from "@/i18n/useWords";
import { shapeOf } from "@/wizard/shapes";
import { FIELDS } from "@/wizard/steps";
import { ToAccounts } from "@/wizard/ToAccounts";
import { accountFor, accountsFor, useWizard } from "@/wizard/useWizard";

import styles from "./Platforms.module.css";

export function PlatformCard({ platform, order }: { platform: Platform; order: readonly string[] }) {
  const { t } = useWords();
  const { state, dispatch, accounts, remarks } = useWizard();
  const { name, label } = platform;
  const fitting = accountsFor(platform, accounts);
  const chosen = state.draft.platforms.includes(name);
  const shape = shapeOf(platform, state.draft.shapes[name]) ?? platform.image;
  const field = FIELDS.platform(name);
  const errors = chosen ? remarks.filter((remark) => remark.field === field && remark.kind === "error") : [];
  const description = useId();
  return (
    <li className={styles["card"]} data-chosen={chosen}>
      <label className={styles["head"]} htmlFor={field}>
        <span className={styles["stage"]} aria-hidden>
          <svg
            viewBox={`0 0 ${shape.width} ${shape.height}`}
            width={shape.width / SCALE}
            height={shape.height / SCALE}
            className={styles["frame"]}
          >
            <rect width="100%" height="100%" rx={24} />
          </svg>
        </span>
        <span className={styles["name"]}>
          <Checkbox
            id={field}
            size="md"
            checked={chosen}
            // What is chosen already can always be given up.
            disabled={fitting.length === 0 && !chosen}
            aria-describedby={description}
            onChange={(event) =>
              dispatch({ type: "platformSet", platform: name, chosen: event.currentTarget.checked, order })
            }
          />
          <span>{label}</span>
        </span>
      </label>
      <Stack gap="xs" id={description}>
        <Text size="sm" c="dimmed">
          {t("wizard:platforms.size", { width: shape.width, height: shape.height, ratio: shape.ratio })}
        </Text>
        {!platform.shows_text && <Text size="sm">{t("wizard:platforms.noText")}</Text>}
      </Stack>
      {chosen && platform.shapes.length > 1 && <Shapes platform={platform} />}
      <Destination platform={platform} fitting={fitting} />
      {errors.map(({ says }) => (
        <Text key={says} size="sm" c="var(--mantine-color-error)">
          {says}
        </Text>
      ))}
    </li>
  );
}

// All at one scale, so that they stand to each other as they will on a screen: pixels of theirs to one of ours.
const SCALE = 13.5;

function Shapes({ platform: { name, label, shapes } }: { platform: Platform }) {
  const { t } = useWords();
  const { state, dispatch } = useWizard();
  return (
    <SegmentedControl
      aria-label={t("wizard:platforms.shape", { label })}
      fullWidth
      value={state.draft.shapes[name] ?? shapes[0]?.name ?? ""}
      data={shapes.map((shape) => ({ value: shape.name, label: shape.name }))}
      onChange={(shape) => dispatch({ type: "shapeChosen", platform: name, shape })}
    />
  );
}

function Destination({ platform, fitting }: { platform: Platform; fitting: readonly Account[] }) {
  const { t } = useWords();
  const { state, dispatch, accounts } = useWizard();
  const account = accountFor(platform, accounts, state.draft.accounts[platform.name]);
  if (fitting.length === 0) {
    return (
      <div>
        <Text size="sm">{t("wizard:platforms.noAccount", { label: platform.label })}</Text>
        <ToAccounts>{t("wizard:platforms.connect")}</ToAccounts>
      </div>
    );
  }
  return (
    <Stack gap={4}>
      {fitting.length > 1 ? (
        <NativeSelect
          label={t("wizard:platforms.account")}
          value={account?.id ?? ""}
          data={[
            ...(account ? [] : [{ value: "", label: t("wizard:platforms.choose") }]),
            ...fitting.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) =>
            dispatch({ type: "accountChosen", platform: platform.name, accountId: event.currentTarget.value })
          }
        />
      ) : (
        <Text size="sm" fw={600}>
          {account?.name}
        </Text>
      )}
      {account && <Health account={account} />}
    </Stack>
  );
}

const HEALTHS = ["ok", "expiring", "action_needed", "dead"] as const;

function Health({ account }: { account: Account }) {
  const { t } = useWords();
  const health = HEALTHS.find((one) => one === account.health) ?? "action_needed";
  return (
    <div>
      <span className={styles["health"]} data-health={health}>
        {t(`wizard:platforms.health.${health}`)}
      </span>
      {health !== "ok" && (
        <>
          {account.health_hint && <Text size="sm">{account.health_hint}</Text>}
          <ToAccounts>{t("wizard:platforms.mend")}</ToAccounts>
        </>
      )}
    </div>
  );
}
