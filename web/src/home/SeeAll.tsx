// The link from a section to all of its posts.
import { Link } from "@tanstack/react-router";

import { useMessages } from "@/i18n/useMessages";
import type { View } from "@/ui/post/views";

export function SeeAll({ view, section }: { view: View; section: string }) {
  const { t } = useMessages();
  return (
    <Link to="/posts" search={{ show: view }} aria-label={t("home:seeAllOf", { section })}>
      {t("home:seeAll")}
    </Link>
  );
}
