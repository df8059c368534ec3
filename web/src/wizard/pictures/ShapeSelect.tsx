// The shape of the picture, where the platform supports several.
import { Input, SegmentedControl } from "@mantine/core";

import type { PostChange } from "@/api/post-actions";
import { useMessages } from "@/i18n/useMessages";
import { setShape } from "@/wizard/pictures/calls";
import type { PictureSlot } from "@/wizard/pictures/slots";

interface Props {
  slot: PictureSlot;
  change: PostChange;
}

export function ShapeSelect({ slot: { platform, result, isEditable }, change }: Props) {
  const { t } = useMessages();
  if (platform.shapes.length < 2) return null;
  return (
    <Input.Wrapper label={t("pictures:shape")} labelElement="div">
      <div>
        <SegmentedControl
          aria-label={t("pictures:shapeOn", { platform: platform.label })}
          size="sm"
          data={platform.shapes.map(({ name, ratio }) => ({ value: name, label: ratio }))}
          value={result.image_shape}
          disabled={!isEditable || result.image_locked || change.isPending}
          onChange={(shape) => change.mutate((now) => setShape(now, platform.name, shape))}
        />
      </div>
    </Input.Wrapper>
  );
}
