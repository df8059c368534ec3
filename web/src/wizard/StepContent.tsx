// The step in the address.
import { VisuallyHidden } from "@mantine/core";
import { lazy, Suspense } from "react";

import { withMessages } from "@/i18n/language";
import { useMessages } from "@/i18n/useMessages";
import { Loading } from "@/ui/Loading";
import { WaitingForServer } from "@/wizard/WaitingForServer";
import { ContentStep } from "@/wizard/steps/ContentStep";
import { PlatformsStep } from "@/wizard/steps/PlatformsStep";
import { useWizard } from "@/wizard/useWizard";

// Loaded when they are opened: the first two steps are what everybody sees at once.
const importPicturesStep = withMessages(() => import("@/wizard/steps/PicturesStep"), "pictures", "post", "previews");
const PicturesStep = lazy(async () => ({ default: (await importPicturesStep()).PicturesStep }));
const importPublishStep = withMessages(() => import("@/wizard/steps/PublishStep"), "wizard", "post", "approval");
const PublishStep = lazy(async () => ({ default: (await importPublishStep()).PublishStep }));

export function StepContent() {
  const { step } = useWizard();
  switch (step) {
    case 1:
      return <ContentStep />;
    case 2:
      return <PlatformsStep />;
    case 3:
      return <Pictures />;
    default:
      return (
        <Suspense fallback={<Loading />}>
          <PublishStep />
        </Suspense>
      );
  }
}

function Pictures() {
  const { t } = useMessages();
  const { post, chosen, state } = useWizard();
  if (!post) return <WaitingForServer />;
  // Only platforms that the server has: a new selection has to be saved first.
  const saved = chosen.filter(({ name }) => state.base.platforms.includes(name));
  return (
    <Suspense fallback={<Loading />}>
      <VisuallyHidden component="h2">{t("wizard:steps.pictures")}</VisuallyHidden>
      <PicturesStep postId={post.job_id} platforms={saved} />
    </Suspense>
  );
}
