// An instant as text: in the workspace's zone and the clock of the person's locale, as everywhere in the studio.
import { useSession } from "@/api/session";
import { formatDateTime, type DateTimeStyle } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";

/** Return the workspace's zone, the locale, and `format` for an instant (RFC 3339 or a Date) in both. */
export function useDateTime() {
  const { locale } = useMessages();
  const { zone } = useSession().workspace;
  return {
    zone,
    locale,
    format: (at: string | Date, style: DateTimeStyle = "minute") => formatDateTime(at, { locale, zone, style }),
  };
}

/** `at` is RFC 3339. */
export function DateTime({ at, style }: { at: string; style?: DateTimeStyle }) {
  const { format } = useDateTime();
  return <time dateTime={at}>{format(at, style)}</time>;
}
