// The step that the address asks for.
import { VisuallyHidden } from "@mantine/core";
import { lazy, Suspense } from "react";

import { useWords } from "@/i18n/useWords";
import { Loading } from "@/ui/Loading";
import { NotYet } from "@/wizard/NotYet";
import { ContentStep } from "@/wizard/steps/ContentStep";
import { PlatformsStep } from "@/wizard/steps/PlatformsStep";
import { PublishStep } from "@/wizard/steps/PublishStep";
import { useWizard } from "@/wizard/useWizard";

// Cropping and all that brings more than the other three together: loaded while the first are filled in.
const PicturesStep = lazy(async () => ({ default: (await import("@/wizard/steps/PicturesStep")).PicturesStep }));

export function StepPanel() {
  const { step } = useWizard();
  switch (step) {
    case 1:
      return <ContentStep />;
    case 2:
      return <PlatformsStep />;
    case 3:
      return <Pictures />;
    default:
      return <PublishStep />;
  }
}

function Pictures() {
  const { t } = useWords();
  const { post, chosen, state } = useWizard();
  if (!post) return <NotYet />;
  // It speaks of the platforms that the server knows of: what was chosen a moment ago has to be saved first.
  const saved = chosen.filter(({ name }) => state.base.platforms.includes(name));
  return (
    <Suspense fallback={<Loading />}>
      <VisuallyHidden component="h2">{t("wizard:steps.pictures")}</VisuallyHidden>
      <PicturesStep postId={post.job_id} platforms={saved} />
    </Suspense>
  );
}
