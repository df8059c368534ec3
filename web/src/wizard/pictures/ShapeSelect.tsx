// Another shape of picture, where the platform takes several.
import { Input, SegmentedControl } from "@mantine/core";

import { useWords } from "@/i18n/useWords";
import { setShape, type PostChange } from "@/wizard/pictures/calls";
import type { Place } from "@/wizard/pictures/pictures";

interface Props {
  place: Place;
  change: PostChange;
}

export function ShapeChoice({ place: { platform, result, open }, change }: Props) {
  const { t } = useWords();
  if (platform.shapes.length < 2) return null;
  return (
    <Input.Wrapper label={t("pictures:shape")} labelElement="div">
      <div>
        <SegmentedControl
          aria-label={t("pictures:shapeOf", { platform: platform.label })}
          size="sm"
          data={platform.shapes.map(({ name, ratio }) => ({ value: name, label: ratio }))}
          value={result.image_shape}
          disabled={!open || result.image_locked || change.isPending}
          onChange={(shape) => change.mutate((now) => setShape(now, platform.name, shape))}
        />
      </div>
    </Input.Wrapper>
  );
}
