// What somebody who may not approve has to know before they publish, where the workspace requires approvals.
import { LinkButton } from "@/ui/LinkButton";
import { useMessages } from "@/i18n/useMessages";
import { Notice } from "@/ui/Notice";

export function ApprovalNotice({ postId }: { postId: string }) {
  const { t } = useMessages();
  return (
    <Notice tone="plain">
      {t("approval:wizard.hint")}
      <div>
        <LinkButton to="/posts/$id" params={{ id: postId }} variant="default" mih="2.75rem">
          {t("approval:wizard.open")}
        </LinkButton>
      </div>
    </Notice>
  );
}
