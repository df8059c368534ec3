// All posts of one day, of which its cell shows the first.
import { DayList } from "@/calendar/AgendaView";
import type { CalendarActions, CalendarData } from "@/calendar/types";
import { formatDate } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { Dialog } from "@/ui/Dialog";

interface Props {
  date: string;
  data: CalendarData;
  actions: CalendarActions;
  close: () => void;
}

export function DayDialog({ date, data, actions, close }: Props) {
  const { locale } = useMessages();
  return (
    <Dialog title={formatDate(date, "longDay", locale, new Date())} close={close} size="lg">
      <DayList day={date} data={data} actions={actions} />
    </Dialog>
  );
}
