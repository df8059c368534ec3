// What accounts can be connected of, and how, as the server lists it.
import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { servicesQuery, type Service } from "@/accounts/calls";
import { Methods } from "@/accounts/Methods";
import { platformLabel, platformsQuery } from "@/api/platforms";
import { useMessages } from "@/i18n/useMessages";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./AccountsPage.module.css";

interface Props {
  /** Where to go once an account is connected. */
  next: string | undefined;
  /** The only service to offer; all by default. */
  only?: string;
}

export function ConnectOptions({ next, only }: Props) {
  const { language } = useMessages();
  const { data, error, refetch } = useQuery(servicesQuery(language));
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  const services = data.filter(({ name }) => only === undefined || name === only);
  const [first] = services;
  if (services.length === 1 && first) return <Methods service={first.name} methods={first.methods} next={next} />;
  return (
    <Stack gap="md">
      {services.map((service) => (
        <details key={service.name}>
          <summary className={styles["summary"]}>
            {service.label} <PlatformNames service={service} />
          </summary>
          <Methods service={service.name} methods={service.methods} next={next} />
        </details>
      ))}
    </Stack>
  );
}

function PlatformNames({ service }: { service: Service }) {
  const { data: platforms = [] } = useQuery(platformsQuery);
  return (
    <Text span size="sm" c="dimmed">
      {service.platforms.map((name) => platformLabel(platforms, name)).join(" · ")}
    </Text>
  );
}
