// A secret of the settings that is shown once, to copy.
import { useMessages } from "@/i18n/useMessages";
import { SecretOnce as CopyOnce } from "@/ui/SecretOnce";

interface Props {
  title: string;
  label: string;
  copyLabel: string;
  secret: string;
  onDone: () => void;
}

export function SecretOnce(props: Props) {
  const { t } = useMessages();
  return (
    <CopyOnce
      {...props}
      copiedText={t("settings:keys.copied")}
      notCopiedText={t("settings:keys.notCopied")}
      doneLabel={t("settings:keys.done")}
    />
  );
}
