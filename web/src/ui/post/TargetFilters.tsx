// Filters by platform and account: only what the workspace can publish to.
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { accountsQuery } from "@/api/accounts";
import { platformsQuery } from "@/api/platforms";
import { useMessages } from "@/i18n/useMessages";

interface Props {
  platform: string | undefined;
  account: string | undefined;
  /** `value`: a platform's name or an account's id; "" for all. */
  onChange: (filter: "platform" | "account", value: string) => void;
}

export function TargetFilters({ platform = "", account = "", onChange }: Props) {
  const { t } = useMessages();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const { data: accounts = [] } = useQuery(accountsQuery);
  const used = platforms.filter(({ name }) => accounts.some(({ platforms: offered }) => offered.includes(name)));
  return (
    <>
      <NativeSelect
        size="md"
        label={t("post:filter.platform")}
        value={platform}
        data={[
          { value: "", label: t("post:filter.allPlatforms") },
          ...used.map(({ name, label }) => ({ value: name, label })),
        ]}
        onChange={(event) => onChange("platform", event.currentTarget.value)}
      />
      <NativeSelect
        size="md"
        label={t("post:filter.account")}
        value={account}
        data={[
          { value: "", label: t("post:filter.allAccounts") },
          ...accounts.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(event) => onChange("account", event.currentTarget.value)}
      />
    </>
  );
}
