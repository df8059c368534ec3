// One platform: selected or not, with picture shape, accounts, and its errors.
import { Checkbox, SegmentedControl, Stack, Text } from "@mantine/core";
import { useId } from "react";

import type { Account } from "@/api/accounts";
import type { Platform } from "@/api/platforms";
import { useMessages } from "@/i18n/useMessages";
import { findShape } from "@/wizard/shapes";
import { FIELDS } from "@/wizard/steps";
import { PlatformOptions } from "@/wizard/PlatformOptions";
import { AccountsLink } from "@/wizard/AccountsLink";
import { resolveAccounts, matchingAccounts, useWizard } from "@/wizard/useWizard";

import styles from "./Platforms.module.css";

export function PlatformCard({ platform, order }: { platform: Platform; order: readonly string[] }) {
  const { t } = useMessages();
  const { state, dispatch, accounts, issues, chosen: allChosen } = useWizard();
  const { name, label } = platform;
  const matching = matchingAccounts(platform, accounts);
  const chosen = state.draft.platforms.includes(name);
  const withRules = allChosen.find((one) => one.name === name);
  const shape = findShape(platform, state.draft.shapes[name]) ?? platform.image;
  const field = FIELDS.platform(name);
  const errors = chosen ? issues.filter((issue) => issue.field === field && issue.severity === "error") : [];
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
            // A selected platform can always be deselected.
            disabled={matching.length === 0 && !chosen}
            aria-describedby={description}
            onChange={(event) =>
              dispatch({ type: "platformToggled", platform: name, chosen: event.currentTarget.checked, order })
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
      {chosen && platform.shapes.length > 1 && <ShapeControl platform={platform} />}
      <AccountSelect platform={platform} matching={matching} />
      {withRules && <PlatformOptions platform={withRules} />}
      {errors.map(({ message }) => (
        <Text key={message} size="sm" c="var(--mantine-color-error)">
          {message}
        </Text>
      ))}
    </li>
  );
}

// Picture pixels for one screen pixel: the same for all, so that the shapes compare as they will on a screen.
const SCALE = 13.5;

function ShapeControl({ platform: { name, label, shapes } }: { platform: Platform }) {
  const { t } = useMessages();
  const { state, dispatch } = useWizard();
  return (
    <SegmentedControl
      aria-label={t("wizard:platforms.shape", { label })}
      fullWidth
      value={state.draft.shapes[name] ?? shapes[0]?.name ?? ""}
      data={shapes.map((shape) => ({ value: shape.name, label: shape.name }))}
      onChange={(shape) => dispatch({ type: "shapeSelected", platform: name, shape })}
    />
  );
}

function AccountSelect({ platform, matching }: { platform: Platform; matching: readonly Account[] }) {
  const { t } = useMessages();
  const { state, dispatch, accounts } = useWizard();
  const { name, label } = platform;
  const chosen = resolveAccounts(platform, accounts, state.draft.accounts[name]);
  const [first, ...others] = matching;
  if (first === undefined) {
    return (
      <div>
        <Text size="sm">{t("wizard:platforms.noAccount", { label })}</Text>
        <AccountsLink>{t("wizard:platforms.connect")}</AccountsLink>
      </div>
    );
  }
  if (others.length === 0) return <SingleAccount account={first} />;
  // The server keeps accounts only of the platforms that the post goes to.
  const isEnabled = state.draft.platforms.includes(name);
  const ids = chosen.map(({ id }) => id);
  return (
    <Checkbox.Group
      label={t("wizard:platforms.accounts", { label })}
      description={isEnabled && t("wizard:platforms.accountsHint", { label })}
      value={ids}
      // In the order in which they are shown.
      onChange={(values) =>
        dispatch({
          type: "accountsSelected",
          platform: name,
          accountIds: matching.map(({ id }) => id).filter((id) => values.includes(id)),
        })
      }
    >
      <Stack gap="xs" mt={4}>
        {matching.map((account) => (
          <div key={account.id}>
            {/* The last one stays: without the platform its checkbox above is cleared. */}
            <Checkbox
              value={account.id}
              label={account.name}
              disabled={!isEnabled || (ids.length === 1 && ids[0] === account.id)}
              mih="2.75rem"
            />
            {ids.includes(account.id) && <Health account={account} />}
          </div>
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function SingleAccount({ account }: { account: Account }) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {account.name}
      </Text>
      <Health account={account} />
    </Stack>
  );
}

const HEALTHS = ["ok", "expiring", "action_needed", "dead"] as const;

function Health({ account }: { account: Account }) {
  const { t } = useMessages();
  const health = HEALTHS.find((known) => known === account.health) ?? "action_needed";
  return (
    <div>
      <span className={styles["health"]} data-health={health}>
        {t(`wizard:platforms.health.${health}`)}
      </span>
      {health !== "ok" && (
        <>
          {account.health_hint && <Text size="sm">{account.health_hint}</Text>}
          <AccountsLink>{t("wizard:platforms.reconnect")}</AccountsLink>
        </>
      )}
    </div>
  );
}
